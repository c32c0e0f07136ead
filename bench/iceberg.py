"""The work on Iceberg tables with lakelet and its peers, one JSON line for each (workload, system): plans of a table of 1,000 manifests with
1,000,000 files (manifests.py), scans beside deletes of each kind, appends and upserts. Runs as run.py's: each a process of its own, in turns.

lakelet plans in `build/plan_bench` (`ninja -C build plan_bench`); all else is the command line."""

import argparse
import json
import os
import shutil
import subprocess
import sys

import duckdb
import measure
from run import line_of, ratios

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PLANS = {
    "plan_day": ("day = date '2021-02-01'", "day = '2021-02-01'"),  # one manifest of them all
    "plan_shard": ("shard = 7", "shard = 7"),  # a hundredth of every manifest
    "plan_ids": ("id >= 400000000 and id < 500000000", "id >= 400000000 and id < 500000000"),
    "plan_all": ("true", None),
}
ROWS = "select i as id, (i * 7919) % 1000003 as k, 'name ' || (i % 100000) as name, (i % 997) / 8 as value, date '2020-01-01' + (i % 700)::integer as day from range({}, {}) r(i)"
SCAN = "select sum(id), sum(k), max(name), sum(value), min(day) from {t}"
TENTH = "(id * 2654435761) % 10 = 3"


class Bench:
    def __init__(self, options):
        self.data, self.lakelet, self.planner = os.path.abspath(options.data), os.path.abspath(options.lakelet), os.path.abspath(options.planner)
        self.plans, self.rows, self.runs = os.path.join(self.data, "plans"), options.rows, options.runs

    def path(self, name):
        return os.path.join(self.data, name)

    def worker(self, name, workload, **arguments):
        return [sys.executable, os.path.join(HERE, "workers", name + "_worker.py"), workload, json.dumps(arguments)]

    def sql(self, statement):
        return [self.lakelet, "sql", statement, "--quiet", "--format", "json"]

    def make(self):
        subprocess.run([sys.executable, os.path.join(HERE, "manifests.py"), self.plans], check=True)
        con = duckdb.connect()
        for name, (first, end) in {"rows": (0, self.rows), "more": (self.rows, self.rows + self.rows // 100)}.items():
            if not os.path.exists(self.path(name + ".parquet")):
                con.execute(f"copy ({ROWS.format(first, end)}) to '{self.path(name)}.parquet'")
        if not os.path.exists(self.path("changes.parquet")):
            con.execute(f"copy (select * replace (value + 1 as value) from '{self.path('rows.parquet')}' where hash(id) % 100 = 7) to '{self.path('changes.parquet')}'")
        for name, version, mode in (("plain", 2, "copy-on-write"), ("positions", 2, "merge-on-read"), ("vectors", 3, "merge-on-read")):
            if os.path.exists(self.path(name)):
                continue
            subprocess.run(self.sql(f"""create table '{self.path(name)}' with (format = 'iceberg', "format-version" = '{version}', "write.delete.mode" = '{mode}')
                                        as from '{self.path('rows.parquet')}'"""), check=True, stdout=subprocess.DEVNULL)  # fmt: skip
            if name != "plain":
                subprocess.run(self.sql(f"delete from '{self.path(name)}' where {TENTH}"), check=True, stdout=subprocess.DEVNULL)
        if not os.path.exists(self.path("pyiceberg_start")):
            subprocess.run(self.worker("pyiceberg", "make", table=self.path("pyiceberg"), source=self.path("rows.parquet")), check=True, stdout=subprocess.DEVNULL)
            shutil.copytree(self.path("pyiceberg"), self.path("pyiceberg_start"))
        for name in ("plain", "vectors"):
            if not os.path.exists(self.path(name + "_start")):
                shutil.copytree(self.path(name), self.path(name + "_start"))

    def scan(self, name):
        table = self.path(name)
        return {
            "lakelet": self.sql(SCAN.format(t=f"'{table}'")),
            "duckdb-iceberg": self.worker("duckdb_iceberg", "query", table=table, sql=SCAN.format(t="t")),
            "duckdb-parquet": self.worker("duckdb_parquet", "query", table=table + "/data", sql=SCAN.format(t="t")),
            "pyiceberg": self.worker("pyiceberg", "rows", table=table, columns=["id", "k", "name", "value", "day"]),
        }

    def changes(self, name):
        """Changes start from the same table each time, in the place that its metadata says."""
        source = self.path("changes.parquet")
        merge = f"merge into '{self.path(name)}' as target using (from '{source}') as source on target.id = source.id when matched then update set value = source.value"
        return {
            "append": {"lakelet": self.sql(f"insert into '{self.path(name)}' from '{self.path('more.parquet')}'"),
                       "pyiceberg": self.worker("pyiceberg", "append", table=self.path("pyiceberg"), source=self.path("more.parquet"))},
            "upsert_1": {"lakelet": self.sql(merge), "pyiceberg": self.worker("pyiceberg", "upsert", table=self.path("pyiceberg"), source=source, on=["id"])},
        }  # fmt: skip

    def workloads(self):
        """name -> (the tables to begin anew, by system; the commands, by system)"""
        found = {}
        for name, (sql, text) in PLANS.items():
            found[name] = ({}, {
                "lakelet": [self.planner, {"plan_all": "list"}.get(name, name), self.plans],
                "duckdb-iceberg": self.worker("duckdb_iceberg", "query", table=self.plans, sql=f"explain select id from t where {sql}"),
                "pyiceberg": self.worker("pyiceberg", "plan", table=self.plans, where=text),
            })
        for name in ("plain", "positions", "vectors"):
            found["scan_" + name] = ({}, self.scan(name))
        for name in ("plain", "vectors"):
            for workload, commands in self.changes(name).items():
                found[f"{workload}_{name}"] = ({"lakelet": name, "pyiceberg": "pyiceberg"}, commands)
        found["first_row"] = ({}, {
            "lakelet": [self.lakelet, "view", self.path("plain"), "--limit", "1", "--format", "csv"],
            "duckdb-iceberg": self.worker("duckdb_iceberg", "query", table=self.path("plain"), sql="from t limit 1"),
            "pyiceberg": self.worker("pyiceberg", "first_row", table=self.path("plain")),
        })
        return found

    def run(self, start, command):
        if start:
            shutil.rmtree(self.path(start), ignore_errors=True)
            shutil.copytree(self.path(start + "_start"), self.path(start))
        before = measure.folder_bytes(self.path(start)) if start else {}
        measured = measure.run(command)
        return measured, measure.bytes_written(before, measure.folder_bytes(self.path(start)) if start else {})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lakelet", default=os.path.join(ROOT, "build", "lakelet"))
    parser.add_argument("--planner", default=os.path.join(ROOT, "build", "plan_bench"))
    parser.add_argument("--data", default=os.path.join(ROOT, ".cache", "bench", "iceberg"))
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", action="append", help="a workload's name; may be given several times")
    parser.add_argument("--system", action="append")
    options = parser.parse_args()
    bench = Bench(options)
    os.makedirs(bench.data, exist_ok=True)
    bench.make()
    lines = []
    for name, (starts, commands) in bench.workloads().items():
        if options.only and name not in options.only:
            continue
        chosen = {system: command for system, command in commands.items() if not options.system or system in options.system}
        results, failed = {system: [] for system in chosen}, {}
        for _ in range(options.runs):
            for system, command in chosen.items():
                try:
                    if system not in failed:
                        results[system].append(bench.run(starts.get(system), command))
                except measure.Failed as failure:
                    failed[system] = {"workload": name, "system": system, "failed": str(failure)}
        for system in chosen:
            lines.append(failed.get(system) or line_of(name, system, results[system]))
            print(json.dumps(lines[-1]), flush=True)
    for line in ratios(lines):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
