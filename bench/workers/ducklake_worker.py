"""Changes of rows with DuckDB's ducklake extension, from the PyPI packages: the same engine with another table format."""

import os

import duckdb
import duckdb_extension_ducklake
import work_clock


def connection(table):
    """`table` is the folder of a lake: lake.ducklake and the files of its one table."""
    folder = os.path.join(os.path.dirname(duckdb_extension_ducklake.__file__), "extensions", "v" + duckdb.__version__)
    con = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    con.execute(f"load '{folder}/ducklake.duckdb_extension'")
    con.execute(f"attach 'ducklake:{table}/lake.ducklake' as lake (data_path '{table}/files', override_data_path true)")
    return con


def write(table, source):
    os.makedirs(table, exist_ok=True)
    con = connection(table)
    con.execute(f"create table lake.t as from read_parquet('{source}')")


def upsert(table, source):
    connection(table).execute(
        f"merge into lake.t as target using (from read_parquet('{source}')) as source on target.l_orderkey = source.l_orderkey and "
        "target.l_linenumber = source.l_linenumber when matched then update when not matched then insert")


def delete(table, predicate):
    connection(table).execute(f"delete from lake.t where {predicate}")


work_clock.main({"write": write, "upsert": upsert, "delete": delete})
