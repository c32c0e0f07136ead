"""Opens and plans Delta tables of many files with lakelet and its peers and prints one JSON line for each (workload, system).

lakelet is `build/plan_bench` (build it with `ninja -C build plan_bench`): planning without a statement around it. The floor is
DuckDB reading just the needed columns of the checkpoint. The data is made once (logs.py)."""

import argparse
import glob
import json
import os
import subprocess
import sys

import measure

HERE = os.path.dirname(os.path.abspath(__file__))
PRUNED = {"plan_partition": "day = date '2024-02-01'", "plan_statistics": "id >= 400000 and id < 500000"}
FLOOR = {
    "plan_partition": "select count(*), sum(length(add.path)), sum(add.size) from t where add.partitionValues['day'] = '2024-02-01'",
    "plan_statistics": "select count(*), sum(length(add.path)), sum(length(add.stats)) from t",
    "list": "select count(*), sum(length(add.path)), sum(add.size) from t",
}


def worker(name, workload, **arguments):
    return [sys.executable, os.path.join(HERE, "workers", name + "_worker.py"), workload, json.dumps(arguments)]


def systems(lakelet, workload, table):
    commands = {"lakelet": [lakelet, workload, table]}
    if workload in ("open", "list"):
        commands["deltalake"] = worker("deltalake", workload + "_files", table=table)
    if workload in PRUNED or workload == "list":
        where = PRUNED.get(workload, "true")
        commands["duckdb-delta"] = worker("duckdb_delta", "query", table=table, sql=f"explain select id from t where {where}")
    checkpoint = glob.glob(table + "/_delta_log/*.checkpoint.parquet")
    if workload in FLOOR and checkpoint:
        commands["floor"] = worker("duckdb_parquet", "read", file=checkpoint[0], sql=FLOOR[workload])
    return commands


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lakelet", default=os.path.join(os.path.dirname(HERE), "build", "plan_bench"))
    parser.add_argument("--data", default=os.path.join(os.path.dirname(HERE), ".cache", "bench", "logs"))
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--only", action="append")
    parser.add_argument("--system", action="append")
    options = parser.parse_args()
    subprocess.run([sys.executable, os.path.join(HERE, "logs.py"), options.data], check=True)
    for table in sorted(glob.glob(os.path.join(options.data, "*_*"))):
        for workload in ("open", "plan_partition", "plan_statistics", "list", "count", "refresh"):
            if options.only and workload not in options.only:
                continue
            for system, command in systems(options.lakelet, workload, table).items():
                if options.system and system not in options.system:
                    continue
                line = {"table": os.path.basename(table), "workload": workload, "system": system}
                try:
                    best = min((measure.run(command) for _ in range(options.runs)), key=lambda m: m.cpu)
                    line |= {"wall": round(best.wall, 3), "cpu": round(best.cpu, 3), "peak_rss_mb": round(best.peak_rss / 1e6, 1)}
                    if best.work_cpu is not None:
                        line["work_cpu"] = round(best.work_cpu, 3)
                except measure.Failed as failure:
                    line["failed"] = str(failure)
                print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
