"""Makes Delta logs of many files, once: checkpoints of 100,000 and 1,000,000 files with 100 commits after them, with
statistics as JSON and as columns, and a log of 10,000 commits without a checkpoint. No data files: no workload opens one."""

import argparse
import json
import os
import shutil

import duckdb
import pyarrow
import pyarrow.parquet

DAYS = 365
ROWS_PER_FILE = 1000
FILES_PER_COMMIT = 10
SCHEMA = {
    "type": "struct",
    "fields": [
        {"name": name, "type": kind, "nullable": True, "metadata": {}}
        for name, kind in (("day", "date"), ("id", "long"), ("time", "timestamp"), ("city", "string"), ("amount", "double"))
    ],
}
PROTOCOL = {"minReaderVersion": 1, "minWriterVersion": 2}
METADATA = {
    "id": "5fba94ed-9794-4965-ba6e-6ee3c0d22af9",
    "format": {"provider": "parquet", "options": {}},
    "schemaString": json.dumps(SCHEMA),
    "partitionColumns": ["day"],
    "configuration": {},
    "createdTime": 1704067200000,
}

# File i is of day i % 365 and holds the ids from 1000 i on: both a day and a range of ids select few files.
FILES = """
create or replace temp table files as
select i, strftime(date '2024-01-01' + (i % {days})::int, '%Y-%m-%d') as day, i * {rows} as low, i * {rows} + {rows} - 1 as high,
  'day=' || day || '/part-' || lpad((i % 100000)::varchar, 5, '0') || '-' || md5(i::varchar)::uuid::varchar || '.c000.snappy.parquet' as path,
  1000000 + hash(i) % 100000000 as size, 1704067200000 + i as modified,
  timestamp '2024-01-01' + interval (i % 3000000) second as first_time, first_time + interval 16 minute as last_time,
  'Aachen' || (i % 977) as first_city, 'Zwolle' || (i % 877) as last_city, (i % 1009) / 7.0 as least, 1e5 + (i % 1013) / 3.0 as most
from range({begin}, {end}) t(i)
"""
STATS_TEXT = """
'{{"numRecords":{rows},"minValues":{{"id":' || low || ',"time":"' || strftime(first_time, '%Y-%m-%dT%H:%M:%S.000Z') || '","city":"' || first_city
  || '","amount":' || least || '}},"maxValues":{{"id":' || high || ',"time":"' || strftime(last_time, '%Y-%m-%dT%H:%M:%S.000Z') || '","city":"'
  || last_city || '","amount":' || most || '}},"nullCount":{{"id":0,"time":0,"city":' || i % 7 || ',"amount":' || i % 3 || '}}}}'
"""
ADD = """
{{'path': path, 'partitionValues': map {{'day': day}}, 'size': size::bigint, 'modificationTime': modified::bigint, 'dataChange': false,
  'tags': null::map(varchar, varchar), 'stats': {stats}{parsed}}}
"""
PARSED = """,
 'partitionValues_parsed': {{'day': day::date}},
 'stats_parsed': {{'numRecords': {rows}::bigint,
   'minValues': {{'id': low::bigint, 'time': first_time::timestamptz, 'city': first_city, 'amount': least}},
   'maxValues': {{'id': high::bigint, 'time': last_time::timestamptz, 'city': last_city, 'amount': most}},
   'nullCount': {{'id': 0::bigint, 'time': 0::bigint, 'city': (i % 7)::bigint, 'amount': (i % 3)::bigint}}}}
"""
CHECKPOINT = """
with actions as (
  select null::struct("appId" varchar, version bigint, "lastUpdated" bigint) as txn, {add} as add, null::struct(path varchar) as r,
    null::struct(id varchar, format struct(provider varchar, options map(varchar, varchar)), "schemaString" varchar, "partitionColumns" varchar[],
      configuration map(varchar, varchar), "createdTime" bigint) as "metaData",
    null::struct("minReaderVersion" int, "minWriterVersion" int) as protocol from files
  union all select null, null, null, null, {{'minReaderVersion': 1, 'minWriterVersion': 2}}
  union all select null, null, null, {{'id': '{id}', 'format': {{'provider': 'parquet', 'options': map{{}}}}, 'schemaString': '{schema}',
    'partitionColumns': ['day'], 'configuration': map{{}}, 'createdTime': 1704067200000}}, null
  union all select {{'appId': 'stream', 'version': 7, 'lastUpdated': 1704067200000}}, null, null, null, null
)
select txn, add, null::struct(path varchar, "deletionTimestamp" bigint, "dataChange" boolean) as remove, "metaData", protocol from actions
"""


def commit_name(version):
    return f"{version:020}.json"


def connection():
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    con.execute("set preserve_insertion_order = true")
    return con


def write_checkpoint(con, log, version, parsed):
    stats = "null::varchar" if parsed else STATS_TEXT.format(rows=ROWS_PER_FILE)
    add = ADD.format(stats=stats, parsed=PARSED.format(rows=ROWS_PER_FILE) if parsed else "")
    query = CHECKPOINT.format(add=add, id=METADATA["id"], schema=METADATA["schemaString"])
    # As Spark's writer cuts it: groups of some 128 MB, pages of 1 MB, snappy.
    reader = con.execute(query).to_arrow_reader(100_000)
    path = os.path.join(log, f"{version:020}.checkpoint.parquet")
    writer = None
    tables, rows, total = [], 0, 0

    def flush():
        nonlocal writer, tables, rows
        if not tables:
            return
        table = pyarrow.Table.from_batches(tables)
        if writer is None:
            writer = pyarrow.parquet.ParquetWriter(path, table.schema, compression="snappy", use_deprecated_int96_timestamps=False)
        writer.write_table(table, row_group_size=300_000)
        tables, rows = [], 0

    for batch in reader:
        tables.append(batch)
        rows += batch.num_rows
        total += batch.num_rows
        if rows >= 300_000:
            flush()
    flush()
    writer.close()
    with open(os.path.join(log, "_last_checkpoint"), "w") as out:
        json.dump({"version": version, "size": total}, out)


def adds(con, begin, end):
    con.execute(FILES.format(days=DAYS, rows=ROWS_PER_FILE, begin=begin, end=end))
    query = f"select path, day, size, modified, {STATS_TEXT.format(rows=ROWS_PER_FILE)} from files order by i"
    for path, day, size, modified, stats in con.execute(query).fetchall():
        yield {"add": {"path": path, "partitionValues": {"day": day}, "size": size, "modificationTime": modified, "dataChange": True, "stats": stats}}


def remove_of(add, now):
    add = add["add"]
    return {
        "remove": {
            "path": add["path"],
            "deletionTimestamp": now,
            "dataChange": True,
            "extendedFileMetadata": True,
            "partitionValues": add["partitionValues"],
            "size": add["size"],
        }
    }


def write_commits(log, first, count, added, removed):
    """Commits of ten new files, and from `removed` five that go."""
    for version in range(first, first + count):
        now = 1735689600000 + version * 1000
        info = {"timestamp": now, "operation": "WRITE", "operationParameters": {"mode": "Append"}, "engineInfo": "bench", "isBlindAppend": True}
        actions = [{"commitInfo": info}]
        if version == 0:
            actions += [{"protocol": PROTOCOL}, {"metaData": METADATA}]
        actions += [next(added) for _ in range(FILES_PER_COMMIT)]
        if removed is not None:
            actions += [remove_of(next(removed), now) for _ in range(FILES_PER_COMMIT // 2)]
        with open(os.path.join(log, commit_name(version)), "w") as out:
            out.writelines(json.dumps(action, separators=(",", ":")) + "\n" for action in actions)


def make_checkpointed(folder, files, parsed):
    name = f"files_{files}{'_parsed' if parsed else ''}"
    table = os.path.join(folder, name)
    if os.path.exists(table):
        return
    log = os.path.join(table + ".part", "_delta_log")
    shutil.rmtree(table + ".part", ignore_errors=True)
    os.makedirs(log)
    con = connection()
    con.execute(FILES.format(days=DAYS, rows=ROWS_PER_FILE, begin=0, end=files))
    write_checkpoint(con, log, 10, parsed)
    write_commits(log, 11, 100, adds(con, files, files + 100 * FILES_PER_COMMIT), adds(connection(), 1000, 1000 + 100 * FILES_PER_COMMIT))
    os.rename(table + ".part", table)


def make_commits(folder, commits):
    table = os.path.join(folder, f"commits_{commits}")
    if os.path.exists(table):
        return
    log = os.path.join(table + ".part", "_delta_log")
    shutil.rmtree(table + ".part", ignore_errors=True)
    os.makedirs(log)
    write_commits(log, 0, commits, adds(connection(), 0, commits * FILES_PER_COMMIT), None)
    os.rename(table + ".part", table)


def make(folder, sizes=(100_000, 1_000_000), commits=10_000):
    os.makedirs(folder, exist_ok=True)
    for files in sizes:
        for parsed in (False, True):
            make_checkpointed(folder, files, parsed)
    make_commits(folder, commits)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    make(parser.parse_args().folder)
