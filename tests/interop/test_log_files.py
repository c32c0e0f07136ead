"""What lakelet writes into the log beside its actions, read by deltalake, DuckDB and polars: checkpoints of every kind, timestamps, checksums, compactions."""

import json

import pytest
from deltalake import DeltaTable
from readers import READERS, assert_same_rows

ROWS = """select i as id, 'text ' || i as x, i / 4 as d, (i * 1.01)::decimal(20, 2) as c, date '2024-01-01' + i::int as day, timestamptz '2024-01-01 00:00:00.123456+00' + to_hours(i::int) as ts,
    {'a': i::int, 'b': case when i % 2 = 0 then 'even' end} as n, 'p ' || (i % 3) as p from range(20) r(i)"""
COLUMNS = "id bigint, x string, d double, c decimal(20,2), day date, ts timestamp, n struct<a: int, b: string>, p string"


def make(lakelet, **properties):
    listed = [part for name, value in properties.items() for part in ("--property", f"{name}={value}")]
    lakelet.ok("create", "t", "--schema", COLUMNS, "--partition-by", "p", *listed)
    lakelet.ok("sql", f"insert into 't' {ROWS}")
    lakelet.ok("delete", "t", "--where", "id = 4 or p = 'p 2'")
    for value in range(100, 105):
        lakelet.ok("sql", f"insert into 't' (id, p) values ({value}, 'new')")


def log_files(tmp_path, pattern):
    return sorted(file for file in (tmp_path / "t" / "_delta_log").glob(pattern))


def remove_commits_before(tmp_path, version):
    for file in log_files(tmp_path, "0*.json"):
        if file.stem.isdigit() and int(file.stem) < version:
            file.unlink()


# deltalake and polars refuse tables with v2 checkpoints.
@pytest.mark.parametrize("policy, reader", [*(("classic", reader) for reader in sorted(READERS)), ("v2", "duckdb")])
@pytest.mark.parametrize("statistics", ["json", "struct", "none"])
def test_checkpoints(lakelet, tmp_path, reader, policy, statistics):
    make(lakelet, **{"delta.checkpointPolicy": policy, "delta.checkpointInterval": "5", "delta.checkpoint.writeStatsAsStruct": str(statistics == "struct").lower(),
                     "delta.checkpoint.writeStatsAsJson": str(statistics == "json").lower()})
    expected = lakelet.rows("from 't'")
    remove_commits_before(tmp_path, 5)
    assert_same_rows(READERS[reader](tmp_path / "t"), expected)
    assert_same_rows(lakelet.rows("from 't'"), expected)
    found = lakelet.rows("select count(*) as n from 't' where ts > timestamptz '2024-01-01 05:00:00+00' and d > 1.5 and x >= 'text 1'")
    assert found.column("n")[0].as_py() == lakelet.rows("select count(*) as n from (from 't' limit 1000) where ts > timestamptz '2024-01-01 05:00:00+00' and d > 1.5 and x >= 'text 1'").column("n")[0].as_py()


def test_the_hint_and_the_checksums(lakelet, tmp_path):
    make(lakelet, **{"delta.checkpointInterval": "5"})
    hint = json.loads((tmp_path / "t" / "_delta_log" / "_last_checkpoint").read_text())
    assert hint["version"] == 5 and set(hint) == {"version", "size", "sizeInBytes", "numOfAddFiles", "checksum"}
    table = DeltaTable(str(tmp_path / "t"))
    for version in range(table.version() + 1):
        said = json.loads((tmp_path / "t" / "_delta_log" / f"{version:020}.crc").read_text())
        sizes = DeltaTable(str(tmp_path / "t"), version=version).get_add_actions(flatten=True)
        sizes = [value.as_py() for value in sizes.column("size_bytes")]
        assert (said["numFiles"], said["tableSizeBytes"]) == (len(sizes), sum(sizes)), version
        assert said["numMetadata"] == said["numProtocol"] == 1


@pytest.mark.parametrize("reader", sorted(READERS))
def test_timestamps_and_compactions(lakelet, tmp_path, reader):
    make(lakelet, **{"delta.enableInCommitTimestamps": "true", "lakelet.logCompactionInterval": "3"})
    assert len(log_files(tmp_path, "*.compacted.json")) == 2
    assert_same_rows(READERS[reader](tmp_path / "t"), lakelet.rows("from 't'"))


def test_random_prefixes(lakelet, tmp_path):
    make(lakelet, **{"delta.randomizeFilePrefixes": "true"})
    folders = {file.parent.name for file in (tmp_path / "t").rglob("part-*.parquet")}
    assert all(len(folder) == 2 for folder in folders) and len(folders) > 1
    expected = lakelet.rows("from 't'")
    for name in ("deltalake", "duckdb"):  # polars takes partition values from the names of folders, not from the log
        assert_same_rows(READERS[name](tmp_path / "t"), expected, name)
