"""iceberg_tables.py FOLDER --lakelet PROGRAM [--rows N]: makes what bench/iceberg.py scans and changes, once. Tables that are changed are there twice:
NAME, and NAME_start with which each run begins."""

import argparse
import json
import os
import shutil
import subprocess
import sys

import duckdb
import equality

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = "select i as id, (i * 7919) % 1000003 as k, 'name ' || (i % 100000) as name, (i % 997) / 8 as value, date '2020-01-01' + (i % 700)::integer as day from range({}, {}) r(i)"
TENTH = "(id * 2654435761) % 10 = 3"
SCANNED = {"plain": (2, "copy-on-write"), "positions": (2, "merge-on-read"), "vectors": (3, "merge-on-read"), "equality": (2, "copy-on-write")}
CHANGED = {"rewritten": (2, "copy-on-write"), "moves": (2, "merge-on-read"), "moves_v3": (3, "merge-on-read"), "pyiceberg": None}


class Maker:
    def __init__(self, folder, lakelet):
        self.folder, self.lakelet = os.path.abspath(folder), os.path.abspath(lakelet)

    def path(self, name):
        return os.path.join(self.folder, name)

    def sql(self, statement):
        subprocess.run([self.lakelet, "sql", statement, "--quiet"], check=True, stdout=subprocess.DEVNULL)

    def copy(self, name, sql):
        if not os.path.exists(self.path(name)):
            duckdb.execute(f"copy ({sql}) to '{self.path(name)}.part' (format parquet)")
            os.rename(self.path(name + ".part"), self.path(name))

    def make_rows(self, count):
        self.copy("rows.parquet", ROWS.format(0, count))
        self.copy("more.parquet", ROWS.format(count, count + count // 100))
        self.copy("changes.parquet", f"select * replace (value + 1 as value) from '{self.path('rows.parquet')}' where hash(id) % 100 = 7")

    def create(self, name, version, mode):
        self.sql(f"""create table '{self.path(name)}' with (format = 'iceberg', "format-version" = '{version}', "write.delete.mode" = '{mode}')
                     as from '{self.path('rows.parquet')}'""")
        if name in ("positions", "vectors"):
            self.sql(f"delete from '{self.path(name)}' where {TENTH}")
        if name == "equality":
            rows = duckdb.execute(f"select id from '{self.path('rows.parquet')}' where {TENTH}").fetchnumpy()
            equality.add(self.path(name), 1, "id", rows["id"])

    def make_table(self, name, made):
        """At the place that its metadata says. What was left half done is made anew."""
        done = self.path(name + (".done" if name in SCANNED else "_start"))
        if os.path.exists(done):
            return
        shutil.rmtree(self.path(name), ignore_errors=True)
        if made:
            self.create(name, *made)
        else:
            arguments = {"table": self.path(name), "source": self.path("rows.parquet")}
            worker = os.path.join(HERE, "workers", "pyiceberg_worker.py")
            subprocess.run([sys.executable, worker, "make", json.dumps(arguments)], check=True, stdout=subprocess.DEVNULL)
        if name in CHANGED:
            shutil.rmtree(self.path(name + "_part"), ignore_errors=True)
            shutil.copytree(self.path(name), self.path(name + "_part"))
            os.rename(self.path(name + "_part"), done)
        else:
            open(done, "w").close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--lakelet", required=True)
    parser.add_argument("--rows", type=int, default=5_000_000)
    options = parser.parse_args()
    maker = Maker(options.folder, options.lakelet)
    maker.make_rows(options.rows)
    for name, made in {**SCANNED, **CHANGED}.items():
        maker.make_table(name, made)


if __name__ == "__main__":
    main()
