"""The floor: DuckDB on bare Parquet files, with no table format at all."""

import glob

import duckdb
import work_clock


def write(source, table):
    con = duckdb.connect()
    con.execute(f"copy (from read_parquet('{source}')) to '{table}' (format parquet, compression snappy)")
    return 0


def query(table, sql):
    con = duckdb.connect()
    files = [f for f in glob.glob(table + "/**/*.parquet", recursive=True) if "_delta_log" not in f]
    con.execute("create view t as from read_parquet(%r)" % files)
    return len(con.execute(sql).fetchall())


def read(file, sql):
    con = duckdb.connect()
    con.execute(f"create view t as from read_parquet('{file}')")
    return len(con.execute(sql).fetchall())


work_clock.main({"write": write, "query": query, "read": read})
