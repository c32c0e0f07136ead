"""Vacuum's dry run over a table of 100,000 files, half of which no version needs any more, with lakelet and deltalake: by the log, and by
listing the folder. Prints one JSON line for each (workload, system). The table is made once; its files are empty, for nobody opens them."""

import argparse
import json
import os
import shutil
import sys

import logs
import measure

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = 100_000
LONG_AGO = 1_600_000_000


def make(folder):
    table = os.path.join(folder, f"vacuum_{FILES}")
    if os.path.exists(table):
        return table
    part = table + ".part"
    shutil.rmtree(part, ignore_errors=True)
    log = os.path.join(part, "_delta_log")
    os.makedirs(log)
    added = list(logs.adds(logs.connection(), 0, FILES))
    for action in added:
        path = os.path.join(part, action["add"]["path"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").close()
        os.utime(path, (LONG_AGO, LONG_AGO))
    info = {"commitInfo": {"timestamp": LONG_AGO * 1000, "operation": "WRITE", "operationParameters": {"mode": "Append"}, "engineInfo": "bench"}}
    commits = [[info, {"protocol": logs.PROTOCOL}, {"metaData": logs.METADATA}, *added],
               [info, *(logs.remove_of(add, LONG_AGO * 1000 + 1000) for add in added[::2])]]
    for version, actions in enumerate(commits):
        name = os.path.join(log, logs.commit_name(version))
        with open(name, "w") as out:
            out.writelines(json.dumps(action, separators=(",", ":")) + "\n" for action in actions)
        os.utime(name, (LONG_AGO + version, LONG_AGO + version))
    os.rename(part, table)
    return table


def commands(lakelet, table, full):
    return {"lakelet": [lakelet, "vacuum", table, "--dry-run", "--format", "jsonl", "--output", os.devnull, "--no-progress", *(["--full"] if full else [])],
            "deltalake": [sys.executable, os.path.join(HERE, "workers", "deltalake_worker.py"), "vacuum_files", json.dumps({"table": table, "full": full})]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lakelet", default=os.path.join(os.path.dirname(HERE), "build", "lakelet"))
    parser.add_argument("--data", default=os.path.join(os.path.dirname(HERE), ".cache", "bench", "upkeep"))
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    table = make(options.data)
    for workload, full in (("vacuum_by_log", False), ("vacuum_by_listing", True)):
        for system, command in commands(options.lakelet, table, full).items():
            best = min((measure.run(command) for _ in range(options.runs)), key=lambda m: m.cpu)
            print(json.dumps({"workload": workload, "system": system, "files": FILES, "wall": round(best.wall, 3), "cpu": round(best.cpu, 3),
                              "work_wall": best.work_wall and round(best.work_wall, 3), "work_cpu": best.work_cpu and round(best.work_cpu, 3),
                              "peak_rss_mb": round(best.peak_rss / 1e6, 1), "answer": best.answer.get("answer")}), flush=True)


if __name__ == "__main__":
    main()
