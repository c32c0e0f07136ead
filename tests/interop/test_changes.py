"""The change feed of tables that deltalake changed, beside deltalake's own reading of it."""

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from readers import assert_same_rows

FEED = {"delta.enableChangeDataFeed": "true"}


@pytest.fixture(params=[None, ["p"]], ids=["plain", "partitioned"])
def table(request, tmp_path):
    """Appended to, updated, deleted from, merged into, a partition dropped, compacted, overwritten."""
    path = str(tmp_path / "t")
    rows = pa.table({"id": list(range(10)), "v": ["a"] * 10, "p": [f"p{i % 2}" for i in range(10)]})
    write_deltalake(path, rows, partition_by=request.param, configuration=FEED)
    changed = DeltaTable(path)
    changed.update(updates={"v": "'u'"}, predicate="id = 3")
    changed.delete("id in (4, 5)")
    source = pa.table({"id": [6, 20], "v": ["m", "m"], "p": ["p0", "p0"]})
    merge = changed.merge(source, "t.id = s.id", source_alias="s", target_alias="t")
    merge.when_matched_update_all().when_not_matched_insert_all().execute()
    changed.delete("p = 'p1'")
    write_deltalake(path, rows.slice(0, 1), mode="append")
    DeltaTable(path).optimize.compact()
    write_deltalake(path, rows.slice(0, 2), mode="overwrite")
    return path


def theirs(path, first, last):
    return pa.table(DeltaTable(path).load_cdf(first, last).read_all())


def test_every_version_and_every_range(lakelet, table):
    newest = DeltaTable(table).version()
    assert newest >= 6
    ranges = [(version, version) for version in range(newest + 1)] + [(0, newest), (2, newest - 1)]
    kinds = set()
    for first, last in ranges:
        ours = lakelet.rows(f"from lake_changes('t', {first}, {last})")
        kinds |= set(ours.column("_change_type").to_pylist())
        expected = theirs(table, first, last)
        assert sorted(ours.column_names) == sorted(expected.column_names)
        # deltalake gives the commitInfo's own timestamp; the protocol wants the file's time, or an in-commit timestamp.
        columns = [column for column in ours.column_names if column != "_commit_timestamp"]
        assert_same_rows(ours.select(columns), expected.select(columns))
    assert kinds == {"insert", "delete", "update_preimage", "update_postimage"}


def test_the_command_line(lakelet, table):
    rows = lakelet.json("changes", "t", "--from", "1", "--to", "1", "--cols", "id,v,_change_type")
    assert sorted(rows, key=lambda row: row["_change_type"]) == [
        {"id": 3, "v": "u", "_change_type": "update_postimage"},
        {"id": 3, "v": "a", "_change_type": "update_preimage"},
    ]
    assert lakelet.json("changes", "t", "--from", "0", "--where", "_commit_version = 1 and id = 7") == []
    assert "doesn't exist" in lakelet.fails(3, "changes", "t", "--from", "99")
    assert "before the beginning" in lakelet.fails(2, "changes", "t", "--from", "3", "--to", "2")
    assert lakelet.run("changes", "t").returncode == 2


def test_a_file_that_vacuum_took(lakelet, table):
    newest = DeltaTable(table).version()
    DeltaTable(table).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
    error = lakelet.fails(6, "changes", "t", "--from", "0")
    assert "is missing" in error
    inserted = lakelet.rows(f"from lake_changes('t', {newest}) where _change_type = 'insert'")
    assert inserted.num_rows == 2


def test_a_table_without_a_feed(lakelet, tmp_path):
    rows = pa.table({"id": [1, 2]})
    write_deltalake(str(tmp_path / "t"), rows)
    assert "recorded no changes" in lakelet.fails(3, "changes", "t", "--from", "0")
    DeltaTable(str(tmp_path / "t")).alter.set_table_properties(FEED)
    write_deltalake(str(tmp_path / "t"), rows, mode="append")
    assert "from version 1 on" in lakelet.fails(3, "changes", "t", "--from", "0")
    assert lakelet.rows("from lake_changes('t', 1)").num_rows == 2
