"""The other engines' views of an Iceberg table in a folder."""

import glob
import os
import re

import duckdb
import duckdb_extension_avro
import duckdb_extension_iceberg
from pyiceberg.table import StaticTable


def metadata_file(path):
    """The newest metadata file of a table that a folder arbitrates."""
    files = glob.glob(os.path.join(str(path), "metadata", "v*.metadata.json"))
    return max(files, key=lambda name: int(re.search(r"v(\d+)\.metadata\.json$", name).group(1)))


def pyiceberg_table(path):
    return StaticTable.from_metadata(metadata_file(path))


def pyiceberg_rows(path, snapshot=None):
    return pyiceberg_table(path).scan(snapshot_id=snapshot).to_arrow()


def duckdb_connection():
    con = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    for package in (duckdb_extension_avro, duckdb_extension_iceberg):
        folder = os.path.join(os.path.dirname(package.__file__), "extensions", "v" + duckdb.__version__)
        name = package.__name__.removeprefix("duckdb_extension_")
        con.execute(f"load '{folder}/{name}.duckdb_extension'")
    con.execute("set timezone = 'UTC'")
    return con


def duckdb_rows(path):
    return duckdb_connection().execute(f"from iceberg_scan('{metadata_file(path)}')").to_arrow_table()


READERS = {"pyiceberg": pyiceberg_rows, "duckdb": duckdb_rows}
