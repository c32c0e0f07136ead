#!/usr/bin/env python3
"""Runs the same work on lakelet and its peers and prints one JSON line for each (workload, system), then ratios.

Every run is a process of its own, measured from outside; systems take turns, so that a machine that speeds up or slows
down does so for all. The figures are medians. `work_*` leaves out a Python peer's start-up and imports; lakelet's figures
are always those of the whole process. No threshold is asserted here.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

import measure

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)

Q1 = """select l_returnflag, l_linestatus, sum(l_quantity) as sum_qty, sum(l_extendedprice) as sum_base_price,
 sum(l_extendedprice * (1 - l_discount)) as sum_disc_price, sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) as sum_charge,
 avg(l_quantity) as avg_qty, avg(l_extendedprice) as avg_price, avg(l_discount) as avg_disc, count(*) as count_order
 from {t} where l_shipdate <= date '1998-09-02' group by l_returnflag, l_linestatus order by l_returnflag, l_linestatus"""
Q6 = """select sum(l_extendedprice * l_discount) as revenue from {t} where l_shipdate >= date '1994-01-01'
 and l_shipdate < date '1995-01-01' and l_discount between 0.05 and 0.07 and l_quantity < 24"""
ON = "target.l_orderkey = source.l_orderkey and target.l_linenumber = source.l_linenumber"
DELETE = "l_orderkey % 1000 = 7"


class Bench:
    def __init__(self, options):
        self.data = os.path.abspath(options.data)
        self.lakelet = os.path.abspath(options.lakelet)
        self.scratch = os.path.join(self.data, "scratch")
        self.runs = options.runs
        self.lineitem = os.path.join(self.data, "lineitem.parquet")
        self.table = os.path.join(self.data, "lineitem_table")
        # What a run starts from, where it isn't the table itself.
        self.starts = {"lakelet-vectors": self.table + "_vectors", "ducklake": os.path.join(self.data, "lineitem_ducklake")}

    def worker(self, name, workload, **arguments):
        return [sys.executable, os.path.join(HERE, "workers", name + "_worker.py"), workload, json.dumps(arguments)]

    def cli(self, *arguments):
        return [self.lakelet, *arguments, "--quiet"]

    def query(self, sql):
        return {
            "lakelet": lambda t: self.cli("sql", sql.format(t=f"'{self.table}'"), "--format", "json"),
            "deltalake": lambda t: self.worker("deltalake", "query", table=self.table, sql=sql.format(t="t")),
            "duckdb-delta": lambda t: self.worker("duckdb_delta", "query", table=self.table, sql=sql.format(t="t")),
            "duckdb-parquet": lambda t: self.worker("duckdb_parquet", "query", table=self.table, sql=sql.format(t="t")),
        }

    def upsert(self, source):
        path = os.path.join(self.data, source)
        merge = lambda t: self.cli("merge", t, "--source", path, "--on", ON, "--update-all", "--insert-all")
        return {
            "lakelet": merge,
            "lakelet-vectors": merge,
            "deltalake": lambda t: self.worker("deltalake", "upsert", table=t, source=path),
            "ducklake": lambda t: self.worker("ducklake", "upsert", table=t, source=path),
        }

    def workloads(self):
        """name -> (what each run starts from: None, "empty" or "copy" of the table; commands by system)"""
        small = os.path.join(self.data, "three_rows")
        return {
            "first_row": (None, {
                "lakelet": lambda t: self.cli("view", small, "--limit", "1", "--format", "csv"),
                "deltalake": lambda t: self.worker("deltalake", "first_row", table=small),
                "duckdb-delta": lambda t: self.worker("duckdb_delta", "first_row", table=small),
                "polars": lambda t: self.worker("polars", "first_row", table=small),
            }),
            "write": ("empty", {
                "lakelet": lambda t: self.cli("import", t, self.lineitem, "--create"),
                "deltalake": lambda t: self.worker("deltalake", "write", source=self.lineitem, table=t),
                "duckdb-parquet": lambda t: self.worker("duckdb_parquet", "write", source=self.lineitem, table=t),
            }),
            "q1": (None, self.query(Q1)),
            "q6": (None, self.query(Q6)),
            "upsert_1": ("copy", self.upsert("upsert_1.parquet")),
            "upsert_10": ("copy", self.upsert("upsert_10.parquet")),
            "delete_0.1": ("copy", {
                "lakelet": lambda t: self.cli("delete", t, "--where", DELETE),
                "lakelet-vectors": lambda t: self.cli("delete", t, "--where", DELETE),
                "deltalake": lambda t: self.worker("deltalake", "delete", table=t, predicate=DELETE),
                "ducklake": lambda t: self.worker("ducklake", "delete", table=t, predicate=DELETE),
            }),
        }

    def python_workloads(self):
        """The same work from Python, to and from frames. Every figure is that of the whole process."""
        small, upsert = os.path.join(self.data, "three_rows"), os.path.join(self.data, "upsert_1.parquet")

        def frames(workload, systems, **arguments):
            return {
                system: lambda t, system=system: self.worker(
                    "frames", workload, system=system, **{key: t if value is None else value for key, value in arguments.items()}
                )
                for system in systems
            }

        peers = ("lakelet", "deltalake")
        return {
            "python_import": (None, frames("imported", (*peers, "polars"))),
            "python_first_row": (None, frames("read", (*peers, "polars"), frame="rows", table=small)),
            "python_small_to_pandas": (None, frames("read", peers, frame="pandas", table=small)),
            "python_to_arrow": (None, frames("read", peers, frame="arrow", table=self.table)),
            "python_to_pandas": (None, frames("read", peers, frame="pandas", table=self.table)),
            "python_to_polars": (None, frames("read", ("lakelet", "polars"), frame="polars", table=self.table)),
            "python_write_arrow": ("empty", frames("write", peers, frame="arrow", source=self.lineitem, table=None)),
            "python_write_pandas": ("empty", frames("write", peers, frame="pandas", source=self.lineitem, table=None)),
            "python_merge": ("copy", frames("merge", peers, source=upsert, table=None, on=ON)),
        }

    def one(self, start, system, command):
        table = os.path.join(self.scratch, "table")
        shutil.rmtree(self.scratch, ignore_errors=True)
        os.makedirs(self.scratch)
        if start == "copy":
            shutil.copytree(self.starts.get(system, self.table), table)
        before = measure.folder_bytes(self.scratch)
        measured = measure.run(command(table))
        return measured, measure.bytes_written(before, measure.folder_bytes(self.scratch))

    def workload(self, name, start, systems):
        results = {system: [] for system in systems}
        failures = {}
        for turn in range(self.runs + 1):  # the first turn warms up
            for system, command in systems.items():
                if system in failures:
                    continue
                try:
                    result = self.one(start, system, command)
                except measure.Failed as failure:
                    failures[system] = str(failure)
                    continue
                if turn > 0:
                    results[system].append(result)
        lines = []
        for system in systems:
            if system in failures:
                lines.append({"workload": name, "system": system, "failed": failures[system]})
            else:
                lines.append(line_of(name, system, results[system]))
        return lines


def line_of(workload, system, results):
    def median(values):
        return statistics.median(values)

    line = {
        "workload": workload,
        "system": system,
        "wall": round(median([m.wall for m, _ in results]), 3),
        "cpu": round(median([m.cpu for m, _ in results]), 3),
        "peak_rss_mb": round(median([m.peak_rss for m, _ in results]) / 1e6, 1),
        "bytes_written": int(median([written for _, written in results])),
        "runs": len(results),
    }
    if results[0][0].work_cpu is not None:
        line["work_wall"] = round(median([m.work_wall for m, _ in results]), 3)
        line["work_cpu"] = round(median([m.work_cpu for m, _ in results]), 3)
    return line


def ratios(lines):
    """lakelet's whole process against each peer's work without its start-up: the comparison that favours the peer."""
    ours = {line["workload"]: line for line in lines if line["system"] == "lakelet" and "cpu" in line}
    vectors = {line["workload"]: line for line in lines if line["system"] == "lakelet-vectors" and "cpu" in line}
    for line in lines:
        # DuckLake removes rows by position: what lakelet does with vectors is the like.
        mine = (vectors if line["system"] == "ducklake" else ours).get(line["workload"])
        if line["system"].startswith("lakelet") or mine is None or "cpu" not in line:
            continue
        key = "wall" if line["workload"] == "first_row" or line["workload"].startswith("python_") else "cpu"
        theirs = line[key] if key == "wall" else line.get("work_cpu", line["cpu"])
        if mine[key] > 0:
            yield {"workload": line["workload"], "against": line["system"], "figure": key, "peer_over_lakelet": round(theirs / mine[key], 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lakelet", default=os.path.join(ROOT, "build", "lakelet"))
    parser.add_argument("--data", default=os.path.join(ROOT, ".cache", "bench"), help="where inputs are made and kept")
    parser.add_argument("--scale", type=float, default=1, help="TPC-H scale factor; 1 is 6 million rows")
    parser.add_argument("--runs", type=int, default=3, help="counted runs of each, after one to warm up")
    parser.add_argument("--only", action="append", help="a workload's name; may be given several times")
    parser.add_argument("--system", action="append", help="a system's name; may be given several times")
    options = parser.parse_args()
    subprocess.run([sys.executable, os.path.join(HERE, "dataset.py"), options.data, "--scale", str(options.scale)], check=True)
    os.environ["PYTHONPATH"] = os.path.join(ROOT, "build", "python")  # the module of this build
    # Its byte code is kept from the first run on, as an installer does for a wheel's.
    os.environ["PYTHONPYCACHEPREFIX"] = os.path.join(os.path.abspath(options.data), "byte_code")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    bench = Bench(options)
    lines = []
    for name, (start, systems) in {**bench.workloads(), **bench.python_workloads()}.items():
        if options.only and name not in options.only:
            continue
        chosen = {s: c for s, c in systems.items() if not options.system or s in options.system}
        for line in bench.workload(name, start, chosen):
            print(json.dumps(line), flush=True)
            lines.append(line)
    for line in ratios(lines):
        print(json.dumps(line), flush=True)
    shutil.rmtree(bench.scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
