"""The work on Iceberg tables with lakelet and its peers, one JSON line for each (workload, system): plans of a table of 1,000 manifests with
1,000,000 files (manifests.py), scans beside deletes of each kind, appends, upserts and the first row. Each run is a process of its own, systems
take turns, and the run with the fewest CPU seconds counts. Inputs are made once, in the folder of --data. `--small` is a quick look: it takes
a minute and says nothing about speed.

lakelet plans in `build/plan_bench` (`ninja -C build plan_bench`); all else is the command line. `work_*` leaves out a peer's start-up and imports."""

import argparse
import json
import os
import shutil
import subprocess
import sys

import measure

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PLANS = {
    "plan_day": ("day = date '2021-02-01'", "day = '2021-02-01'"),  # one manifest of them all
    "plan_shard": ("shard = 7", "shard = 7"),  # a hundredth of every manifest
    "plan_ids": ("id >= 400000000 and id < 500000000", "id >= 400000000 and id < 500000000"),
    "plan_all": ("true", None),
}
SCAN = "select sum(id), sum(k), max(name), sum(value), min(day) from {t}"


class Bench:
    def __init__(self, options):
        self.data, self.lakelet, self.planner = os.path.abspath(options.data), os.path.abspath(options.lakelet), os.path.abspath(options.planner)
        self.plans, self.rows, self.manifests, self.timeout = os.path.join(self.data, "plans"), options.rows, options.manifests, options.timeout

    def path(self, name):
        return os.path.join(self.data, name)

    def worker(self, name, workload, **arguments):
        return [sys.executable, os.path.join(HERE, "workers", name + "_worker.py"), workload, json.dumps(arguments)]

    def sql(self, statement):
        return [self.lakelet, "sql", statement, "--quiet", "--format", "json"]

    def make(self):
        """In processes of their own: what this one takes counts as the least that its children took."""
        for script, folder, sizes in (("manifests.py", self.plans, ["--manifests", self.manifests, "--files", self.manifests]),
                                      ("iceberg_tables.py", self.data, ["--lakelet", self.lakelet, "--rows", self.rows])):  # fmt: skip
            subprocess.run([sys.executable, os.path.join(HERE, script), folder, *map(str, sizes)], check=True)

    def scan(self, name):
        table = self.path(name)
        return {
            "lakelet": self.sql(SCAN.format(t=f"'{table}'")),
            "duckdb-iceberg": self.worker("duckdb_iceberg", "query", table=table, sql=SCAN.format(t="t")),
            "duckdb-parquet": self.worker("duckdb_parquet", "query", table=self.path("plain") + "/data", sql=SCAN.format(t="t")),  # with the rows that are gone
            "pyiceberg": self.worker("pyiceberg", "rows", table=table, columns=["id", "k", "name", "value", "day"]),
        }

    def changes(self, name):
        """Changes start from the same table each time, in the place that its metadata says."""
        source = self.path("changes.parquet")
        merge = f"merge into '{self.path(name)}' as target using (from '{source}') as source on target.id = source.id when matched then update set *"
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
        for name in ("plain", "positions", "vectors", "equality"):
            found["scan_" + name] = ({}, self.scan(name))
        for name in ("rewritten", "moves", "moves_v3"):
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
        measured = measure.run(command, timeout=self.timeout)
        return measured, measure.bytes_written(before, measure.folder_bytes(self.path(start)) if start else {})


def line_of(workload, system, results):
    best, written = min(results, key=lambda result: result[0].cpu)
    line = {"workload": workload, "system": system, "wall": round(best.wall, 3), "cpu": round(best.cpu, 3), "peak_rss_mb": round(best.peak_rss / 1e6, 1),
            "bytes_written": written, "runs": len(results)}  # fmt: skip
    if best.work_cpu is not None:
        line |= {"work_wall": round(best.work_wall, 3), "work_cpu": round(best.work_cpu, 3)}
    return line


def ratios(lines):
    """lakelet's whole process against each peer's work without its start-up: the comparison that favours the peer."""
    ours = {line["workload"]: line for line in lines if line["system"] == "lakelet" and "cpu" in line}
    for line in lines:
        if line["system"] != "lakelet" and "cpu" in line and line["workload"] in ours:
            mine = ours[line["workload"]]["cpu"]
            yield {"workload": line["workload"], "against": line["system"], "figure": "cpu", "peer_over_lakelet": round(line.get("work_cpu", line["cpu"]) / mine, 2)}


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lakelet", default=os.path.join(ROOT, "build", "lakelet"))
    parser.add_argument("--planner", default=os.path.join(ROOT, "build", "plan_bench"))
    parser.add_argument("--data", default=os.path.join(ROOT, ".cache", "bench", "iceberg"), help="where inputs are made and kept; another one for other sizes")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--manifests", type=int, default=1_000, help="of the table that is planned, each with as many files")
    parser.add_argument("--runs", type=int, default=3, help="of lakelet and DuckDB on bare Parquet")
    parser.add_argument("--peer-runs", type=int, default=1, help="of the others")
    parser.add_argument("--timeout", type=float, default=300, help="seconds after which a run is given up")
    parser.add_argument("--small", action="store_true", help="100,000 rows, 30 manifests and one run of each")
    parser.add_argument("--only", action="append", help="a workload's name; may be given several times")
    parser.add_argument("--system", action="append")
    options = parser.parse_args()
    if options.small:
        options.rows, options.manifests, options.runs, options.peer_runs = 100_000, 30, 1, 1
        options.data = os.path.join(options.data, "small")
    return options


def measure_workload(bench, name, starts, commands, options):
    results, failed = {system: [] for system in commands}, {}
    for turn in range(max(options.runs, options.peer_runs)):
        for system, command in commands.items():
            runs = options.runs if system in ("lakelet", "duckdb-parquet") else options.peer_runs
            if system in failed or turn >= runs:
                continue
            try:
                results[system].append(bench.run(starts.get(system), command))
            except measure.Failed as failure:
                failed[system] = {"workload": name, "system": system, "failed": str(failure)}
    return [failed.get(system) or line_of(name, system, results[system]) for system in commands]


def main():
    options = parsed()
    bench = Bench(options)
    os.makedirs(bench.data, exist_ok=True)
    bench.make()
    lines = []
    for name, (starts, commands) in bench.workloads().items():
        if options.only and name not in options.only:
            continue
        chosen = {system: command for system, command in commands.items() if not options.system or system in options.system}
        for line in measure_workload(bench, name, starts, chosen, options):
            lines.append(line)
            print(json.dumps(line), flush=True)
    for line in ratios(lines):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
