#!/usr/bin/env python3
"""Maintains Delta tables with lakelet and its peers and prints one JSON line for each (workload, system).

  compact   10,000 files of some 10 kB become files of the target's size
  z_order   6 million rows of TPC-H lineitem (--scale 1) placed by l_partkey and l_suppkey
  skip      bytes of the files that a filter on both columns has to open, before and after that

Systems take turns, each run is a process of its own on a fresh copy of the table, and figures are medians: see run.py."""

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
COLUMNS = ["l_partkey", "l_suppkey"]
TARGET = 16 << 20  # so that there are files to skip
FILTERS = {  # and what bounds of rows have to meet for one of the rows to meet it
    "l_partkey between 40000 and 41000 and l_suppkey between 2000 and 2400": "min_part <= 41000 and max_part >= 40000 and min_supp <= 2400 and max_supp >= 2000",
    "l_partkey < 2000 and l_suppkey > 9500": "min_part < 2000 and max_supp > 9500",
}
SCHEMA = [("id", "long"), ("time", "timestamp"), ("city", "string"), ("amount", "double"), ("note", "string")]


def make_small_files(folder, count):
    """The log of `count` files, a hundred to a commit."""
    import duckdb
    import pyarrow.parquet

    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    log = os.path.join(folder, "_delta_log")
    os.makedirs(log)
    fields = [{"name": name, "type": kind, "nullable": True, "metadata": {}} for name, kind in SCHEMA]
    metadata = {"id": "1c5bbd6b-3a3b-4e0a-9e2e-5a9f3a0ad6f1", "format": {"provider": "parquet", "options": {}}, "partitionColumns": [],
                "schemaString": json.dumps({"type": "struct", "fields": fields}), "configuration": {}, "createdTime": 1704067200000}
    head = [{"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}, {"metaData": metadata}]
    for version, first in enumerate(range(0, count, 100)):
        lines = head if version == 0 else []
        for i in range(first, min(first + 100, count)):
            rows = con.execute(
                """select i * 250 + n as id, timestamptz '2024-01-01' + interval (i * 250 + n) second as time, 'city ' || (n * 7) % 53 as city,
                   (hash(i, n) % 100000) / 100.0 as amount, md5((i * 250 + n)::varchar) as note from range(250) t(n), (select ? as i)""", [i]).to_arrow_table()
            name = f"part-{i:05}.parquet"
            pyarrow.parquet.write_table(rows, os.path.join(folder, name))
            stats = {"numRecords": 250, "minValues": {"id": i * 250}, "maxValues": {"id": i * 250 + 249}, "nullCount": {"id": 0}}
            lines.append({"add": {"path": name, "partitionValues": {}, "size": os.path.getsize(os.path.join(folder, name)),
                                  "modificationTime": 1704067200000 + i, "dataChange": True, "stats": json.dumps(stats)}})
        lines.append({"commitInfo": {"timestamp": 1704067200000 + version, "operation": "WRITE", "operationParameters": {}}})
        with open(os.path.join(log, f"{version:020}.json"), "w") as out:
            out.write("".join(json.dumps(line) + "\n" for line in lines))


def worker(workload, **arguments):
    return [sys.executable, os.path.join(HERE, "workers", "deltalake_worker.py"), workload, json.dumps(arguments)]


class Bench:
    def __init__(self, options):
        self.options = options
        self.lakelet = os.path.abspath(options.lakelet)
        self.data = os.path.abspath(options.data)
        self.scratch = os.path.join(self.data, "scratch_maintain")
        self.small = os.path.join(self.data, f"small_files_{options.files}")
        self.lineitem = os.path.join(self.data, "lineitem_table")

    def cli(self, *arguments):
        limit = ["--memory-limit", self.options.memory_limit] if self.options.memory_limit else []
        return [self.lakelet, *arguments, "--quiet", "--no-progress", *limit]

    def prepare(self):
        subprocess.run([sys.executable, os.path.join(HERE, "dataset.py"), self.data, "--scale", str(self.options.scale)], check=True)
        if not os.path.exists(self.small):
            shutil.rmtree(self.small + ".part", ignore_errors=True)
            make_small_files(self.small + ".part", self.options.files)
            os.rename(self.small + ".part", self.small)

    def workloads(self):
        columns = ",".join(COLUMNS)
        return {
            "compact": (self.small, {"lakelet": lambda t: self.cli("optimize", t), "deltalake": lambda t: worker("compact", table=t)}),
            "z_order": (self.lineitem, {
                "lakelet": lambda t: self.cli("optimize", t, "--z-order", columns, "--target-size", str(TARGET)),
                "lakelet hilbert": lambda t: self.cli("optimize", t, "--hilbert", columns, "--target-size", str(TARGET)),
                "deltalake": lambda t: worker("z_order", table=t, columns=COLUMNS, target=TARGET),
            }),
        }

    def one(self, start, command):
        shutil.rmtree(self.scratch, ignore_errors=True)
        shutil.copytree(start, self.scratch)
        before = measure.folder_bytes(self.scratch)
        measured = measure.run(command(self.scratch))
        return measured, measure.bytes_written(before, measure.folder_bytes(self.scratch))

    def bounds(self):
        """Of l_partkey and l_suppkey in each row group of the table, with the bytes of all of its columns."""
        from deltalake import DeltaTable
        import duckdb

        files = DeltaTable(self.scratch).file_uris()
        return duckdb.connect().execute("""
            select file_name, row_group_id, sum(total_compressed_size) as bytes,
                   min(try_cast(stats_min_value as bigint)) filter (path_in_schema = 'l_partkey') as min_part,
                   max(try_cast(stats_max_value as bigint)) filter (path_in_schema = 'l_partkey') as max_part,
                   min(try_cast(stats_min_value as bigint)) filter (path_in_schema = 'l_suppkey') as min_supp,
                   max(try_cast(stats_max_value as bigint)) filter (path_in_schema = 'l_suppkey') as max_supp
            from parquet_metadata(?) group by all""", [files]).to_arrow_table()

    def skip(self, system):
        """What a scan under the condition has to open: files by the log's statistics, row groups by those in the files."""
        import duckdb

        con = duckdb.connect()
        con.register("row_groups", self.bounds())
        for where in FILTERS:
            files, size = con.execute(f"""
                select count(*), coalesce(sum(bytes), 0)::bigint
                from (select sum(bytes) as bytes, min(min_part) as min_part, max(max_part) as max_part, min(min_supp) as min_supp, max(max_supp) as max_supp
                      from row_groups group by file_name)
                where {FILTERS[where]}""").fetchone()
            groups, read = con.execute(f"select count(*), coalesce(sum(bytes), 0)::bigint from row_groups where {FILTERS[where]}").fetchone()
            yield {"workload": "skip", "system": system, "where": where, "files": files, "bytes": size, "row_groups": groups, "row_group_bytes": read}

    def run(self):
        self.prepare()
        for name, (start, systems) in self.workloads().items():
            if self.options.only and name not in self.options.only:
                continue
            results = {system: [] for system in systems}
            if name == "z_order":
                shutil.rmtree(self.scratch, ignore_errors=True)
                shutil.copytree(start, self.scratch)
                yield from self.skip("before")
            for turn in range(self.options.runs + self.options.warm_up):
                for system, command in systems.items():
                    measured = self.one(start, command)
                    if turn >= self.options.warm_up:
                        results[system].append(measured)
                    if name == "z_order" and turn == 0:
                        yield from self.skip(system)
            for system, measured in results.items():
                yield line_of(name, system, measured)
        shutil.rmtree(self.scratch, ignore_errors=True)


def line_of(workload, system, results):
    def median(pick):
        return statistics.median(pick(m, written) for m, written in results)

    line = {"workload": workload, "system": system, "wall": round(median(lambda m, w: m.wall), 3), "cpu": round(median(lambda m, w: m.cpu), 3),
            "peak_rss_mb": round(median(lambda m, w: m.peak_rss) / 1e6, 1), "bytes_written": int(median(lambda m, w: w)), "runs": len(results)}
    if results[0][0].work_cpu is not None:
        line["work_wall"] = round(median(lambda m, w: m.work_wall), 3)
        line["work_cpu"] = round(median(lambda m, w: m.work_cpu), 3)
    return line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lakelet", default=os.path.join(ROOT, "build", "lakelet"))
    parser.add_argument("--data", default=os.path.join(ROOT, ".cache", "bench"), help="where inputs are made and kept")
    parser.add_argument("--scale", type=float, default=1, help="TPC-H scale factor of the rows that are placed")
    parser.add_argument("--files", type=int, default=10000, help="small files to compact")
    parser.add_argument("--memory-limit", help="of lakelet, such as 1GB")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--warm-up", type=int, default=1)
    parser.add_argument("--only", action="append", help="a workload's name; may be given several times")
    for line in Bench(parser.parse_args()).run():
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
