"""The workloads with DuckDB's own iceberg extension, from the PyPI packages; it writes to catalogs alone."""

import glob
import os

import duckdb
import duckdb_extension_avro
import duckdb_extension_iceberg
import work_clock


def connection():
    con = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    for package in (duckdb_extension_avro, duckdb_extension_iceberg):
        folder = os.path.join(os.path.dirname(package.__file__), "extensions", "v" + duckdb.__version__)
        con.execute(f"load '{folder}/{package.__name__.removeprefix('duckdb_extension_')}.duckdb_extension'")
    con.execute("set timezone = 'UTC'")
    return con


def query(table, sql):
    files = glob.glob(os.path.join(table, "metadata", "v*.metadata.json"))
    newest = max(files, key=lambda name: int(os.path.basename(name)[1:].split(".")[0]))
    con = connection()
    con.execute(f"create view t as from iceberg_scan('{newest}')")
    return len(con.execute(sql).fetchall())


work_clock.main({"query": query})
