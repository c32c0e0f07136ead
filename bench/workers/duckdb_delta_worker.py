"""The workloads with DuckDB's own delta extension, from the PyPI packages; it can read, and append to a table that exists."""

import os

import duckdb
import duckdb_extension_delta
import work_clock


def connection():
    folder = os.path.join(os.path.dirname(duckdb_extension_delta.__file__), "extensions", "v" + duckdb.__version__)
    con = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    con.execute(f"load '{folder}/delta.duckdb_extension'")
    con.execute("set timezone = 'UTC'")
    return con


def first_row(table):
    return len(connection().execute(f"select * from delta_scan('{table}') limit 1").fetchall())


def query(table, sql):
    con = connection()
    con.execute(f"create view t as from delta_scan('{table}')")
    return len(con.execute(sql).fetchall())


work_clock.main({"first_row": first_row, "query": query})
