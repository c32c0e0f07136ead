"""Makes the benchmark's inputs once: TPC-H lineitem from DuckDB's generator, and the changes to merge into it."""

import argparse
import json
import os
import shutil
import subprocess
import sys

import duckdb
import duckdb_extension_tpch

# New values for `percent` of the orders' lines, spread over the whole table, and a tenth as many new lines.
CHANGES = """
copy (
  select * replace (l_quantity + 1 as l_quantity, 'changed' as l_comment)
  from read_parquet('{lineitem}') where hash(l_orderkey, l_linenumber) % 1000 < {per_mille}
  union all by name
  select * replace (l_orderkey + 1000000000 as l_orderkey)
  from read_parquet('{lineitem}') where hash(l_orderkey, l_linenumber) % 10000 >= 10000 - {per_mille}
) to '{out}' (format parquet)
"""


def with_vectors(table, out):
    """The same table, in which rows are deleted by deletion vectors: one commit more."""
    shutil.copytree(table, out + ".part")
    log = os.path.join(out + ".part", "_delta_log")
    with open(os.path.join(log, f"{0:020}.json")) as file:
        (metadata,) = (action["metaData"] for action in map(json.loads, file) if "metaData" in action)
    metadata["configuration"]["delta.enableDeletionVectors"] = "true"
    protocol = {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors", "appendOnly", "invariants"]}
    with open(os.path.join(log, f"{1:020}.json"), "w") as file:
        file.write(json.dumps({"protocol": protocol}) + "\n" + json.dumps({"metaData": metadata}) + "\n")
    os.rename(out + ".part", out)


def make(folder, scale):
    os.makedirs(folder, exist_ok=True)
    extension = os.path.join(os.path.dirname(duckdb_extension_tpch.__file__), "extensions", "v" + duckdb.__version__)
    con = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    lineitem = os.path.join(folder, "lineitem.parquet")
    if not os.path.exists(lineitem):
        con.execute(f"load '{extension}/tpch.duckdb_extension'")
        con.execute(f"call dbgen(sf = {scale})")
        con.execute(f"copy lineitem to '{lineitem}.part' (format parquet)")
        os.rename(lineitem + ".part", lineitem)
    for name, per_mille in (("upsert_1.parquet", 10), ("upsert_10.parquet", 100)):
        out = os.path.join(folder, name)
        if not os.path.exists(out):
            con.execute(CHANGES.format(lineitem=lineitem, per_mille=per_mille, out=out + ".part"))
            os.rename(out + ".part", out)
    # The table that all systems query and change copies of: written by deltalake, so that none has it its own way.
    table = os.path.join(folder, "lineitem_table")
    if not os.path.exists(table):
        import pyarrow.dataset
        from deltalake import write_deltalake

        write_deltalake(table + ".part", pyarrow.dataset.dataset(lineitem).scanner().to_reader())
        os.rename(table + ".part", table)
    if not os.path.exists(table + "_vectors"):
        with_vectors(table, table + "_vectors")
    lake = os.path.join(folder, "lineitem_ducklake")
    if not os.path.exists(lake):
        worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "workers", "ducklake_worker.py")
        subprocess.run([sys.executable, worker, "write", json.dumps({"table": lake + ".part", "source": lineitem})], check=True, stdout=subprocess.DEVNULL)
        os.rename(lake + ".part", lake)
    small = os.path.join(folder, "three_rows")
    if not os.path.exists(small):
        import pyarrow
        from deltalake import write_deltalake

        write_deltalake(small, pyarrow.table({"id": [1, 2, 3], "name": ["a", "b", "c"], "score": [1.5, None, 3.0]}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--scale", type=float, default=1)
    options = parser.parse_args()
    make(options.folder, options.scale)
