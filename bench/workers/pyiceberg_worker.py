"""The workloads with pyiceberg, from the PyPI package: planning and reading by a metadata file, changes through a catalog in SQLite."""

import glob
import os

import pyarrow.parquet
import work_clock
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.table import StaticTable


def table_in(folder):
    files = glob.glob(os.path.join(folder, "metadata", "v*.metadata.json"))
    return StaticTable.from_metadata(max(files, key=lambda name: int(os.path.basename(name)[1:].split(".")[0])))


def plan(table, where=None):
    scan = table_in(table).scan(row_filter=where) if where else table_in(table).scan()
    return sum(1 for _ in scan.plan_files())


def rows(table, columns):
    return table_in(table).scan(selected_fields=tuple(columns)).to_arrow().num_rows


def first_row(table):
    return table_in(table).scan(limit=1).to_arrow().num_rows


def catalog(folder):
    os.makedirs(folder, exist_ok=True)
    return SqlCatalog("bench", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}")


def make(table, source):
    """Not measured: the table that the changes begin with."""
    lake = catalog(table)
    lake.create_namespace("db")
    rows = pyarrow.parquet.read_table(source)
    lake.create_table("db.t", schema=rows.schema).append(rows)
    return rows.num_rows


def append(table, source):
    catalog(table).load_table("db.t").append(pyarrow.parquet.read_table(source))
    return 0


def upsert(table, source, on):
    return catalog(table).load_table("db.t").upsert(pyarrow.parquet.read_table(source), join_cols=on).rows_updated


work_clock.main({"plan": plan, "rows": rows, "first_row": first_row, "make": make, "append": append, "upsert": upsert})
