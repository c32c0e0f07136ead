"""Iceberg tables after optimize, restore, diff and doctor --repair: pyiceberg and DuckDB's extension read what lakelet reads."""

import os

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from iceberg_readers import READERS, pyiceberg_table
from readers import assert_same_rows

DAMAGED = 6
WAYS = {"compact": (), "hilbert": ("--hilbert", "id,name"), "z-order": ("--z-order", "name,id"), "sort": ("--sort-by", "name,id")}


def make(lakelet, version, mode):
    lakelet.ok("sql", "create table 't' (id bigint, p varchar, name varchar, day date) partitioned by (p) "
                      f"with (format = 'iceberg', \"format-version\" = '{version}', \"write.delete.mode\" = '{mode}')")
    for first in range(0, 400, 100):
        lakelet.ok("sql", "insert into 't' select i, case i % 2 when 0 then 'even' end, 'n' || (i * 7) % 50, date '2025-01-01' + (i % 9)::int "
                          f"from range({first}, {first + 100}) r(i)")
    lakelet.ok("sql", "delete from 't' where id % 10 = 3")


def read_everywhere(lakelet, path, expected):
    assert_same_rows(lakelet.rows("from 't'"), expected, "lakelet")
    for name, reader in READERS.items():
        assert_same_rows(reader(path), expected, name)


def versions(lakelet):
    """The table's snapshots, the oldest first."""
    return [entry["version"] for entry in reversed(lakelet.json("history", "t"))]


TABLES = [("1", "copy-on-write"), ("2", "copy-on-write"), ("2", "merge-on-read"), ("3", "merge-on-read")]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("version, mode", TABLES)
def test_optimized(lakelet, tmp_path, version, mode, way):
    make(lakelet, version, mode)
    expected = lakelet.rows("from 't'")
    before = len(lakelet.json("files", "t"))
    report = lakelet.report("optimize", "t", *WAYS[way])
    assert before > 2 and before - report["files_removed"] + report["files_added"] == 2
    assert report["rows_purged"] == (40 if mode == "merge-on-read" else 0)
    read_everywhere(lakelet, tmp_path / "t", expected)
    files = pyiceberg_table(tmp_path / "t").inspect.files()
    assert files.num_rows == 2 and pc.sum(files["record_count"]).as_py() == len(expected)
    summary = pyiceberg_table(tmp_path / "t").current_snapshot().summary
    assert summary.operation.value == "replace" and summary["deleted-data-files"] == str(report["files_removed"])
    if way == "compact":
        assert lakelet.report("optimize", "t")["version"] is None


@pytest.mark.parametrize("version, mode", TABLES)
def test_restored(lakelet, tmp_path, version, mode):
    make(lakelet, version, mode)
    first, last = versions(lakelet)[1], versions(lakelet)[-1]
    lakelet.ok("optimize", "t")
    for wanted in (first, last):
        expected = lakelet.rows(f"from 't' at (version => {wanted})")
        lakelet.ok("restore", f"t@v{wanted}")
        read_everywhere(lakelet, tmp_path / "t", expected)
        assert lakelet.json("diff", f"t@v{wanted}", "t") == []
    deleted = lakelet.json("diff", f"t@v{versions(lakelet)[3]}", "t", "--key", "id")
    assert len(deleted) == 40 and {row["_change_type"] for row in deleted} == {"delete"}


@pytest.mark.parametrize("version, mode", TABLES)
def test_repaired(lakelet, tmp_path, version, mode):
    make(lakelet, version, mode)
    lakelet.ok("doctor", "t", "--full")
    lost = pyiceberg_table(tmp_path / "t").inspect.files().to_pylist()
    lost = next(file["file_path"] for file in lost if file["content"] == 0).removeprefix("file://")
    rows = lakelet.rows("from 't'")
    expected = rows.filter(pc.invert(pc.is_in(rows["id"], pq.read_table(lost, columns=["id"])["id"])))
    assert 0 < len(expected) < len(rows)
    os.remove(lost)
    assert lakelet.run("doctor", "t").returncode == DAMAGED
    assert any(entry["repaired"] for entry in lakelet.json("doctor", "t", "--repair")["findings"])
    read_everywhere(lakelet, tmp_path / "t", expected)
    lakelet.ok("doctor", "t", "--full")
