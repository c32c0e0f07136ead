"""What keeps tables healthy, from Python: vacuum, restore, checkpoint, log, clone, convert, analyze, diff, doctor."""

import datetime
import multiprocessing
import os
import pathlib
import pickle

import deltalake
import pyarrow
import pyarrow.parquet
import pytest

import lakelet


@pytest.fixture
def table(here):
    """Four versions: three rows, then a changed one, whose first file nobody needs any more."""
    for number in range(3):
        lakelet.write("t", [{"id": number, "v": str(number)}])
    table = lakelet.open("t")
    table.update({"v": "'x'"}, "id = 1")
    return table


def peers_rows(path="t", version=None):
    """The rows as the `deltalake` package reads them."""
    return sorted(deltalake.DeltaTable(path, version).to_pyarrow_table().to_pylist(), key=lambda row: row["id"])


def test_vacuum_deletes_what_nobody_needs(table):
    before = {path.name for path in pathlib.Path("t").glob("*.parquet")}
    assert table.vacuum().files == 0 and table.version == 3
    with pytest.raises(lakelet.InvalidArgument, match="7 days.*\n.*force=True") as caught:
        table.vacuum("0 hours")
    assert "force=True" in caught.value.hint
    would = table.vacuum(datetime.timedelta(0), force=True, dry_run=True)
    assert (would.files, would.files_deleted, len(would.found)) == (1, 0, 1) and would.found[0] in before
    done = table.vacuum("0 seconds", force=True)
    assert (done.files, done.files_deleted, done.bytes_deleted) == (1, 1, would.bytes)
    assert {path.name for path in pathlib.Path("t").glob("*.parquet")} == before - set(would.found)
    assert [entry.operation for entry in table.history(2)] == ["VACUUM END", "VACUUM START"] and table.version == 5
    assert peers_rows() == table.scan().order_by("id").to_pylist()


def test_a_full_vacuum_finds_what_no_version_names(table):
    pathlib.Path("t/stray.parquet").write_bytes(b"half a file")
    assert table.vacuum(full=True).files_spared == 1
    done = table.vacuum("0s", full=True, force=True, uncommitted=datetime.timedelta(0), dry_run=True)
    assert "stray.parquet" in done.found
    with pytest.raises(TypeError, match="a duration is"):
        table.vacuum(7)
    with pytest.raises(lakelet.InvalidArgument):
        table.vacuum("many days")


def test_versions_that_a_vacuum_keeps(table):
    table.overwrite([{"id": 9, "v": "9"}])
    done = table.vacuum("0s", force=True, list=True, keep_versions=[3], user_metadata={"why": "a test"})
    assert done.files_deleted == len(done.found) == 1
    assert sorted(table.at_version(3)) == [(0, "0"), (1, "x"), (2, "2")]
    assert table.history(1)[0].other["why"] == "a test"
    with pytest.raises(lakelet.NotFound):
        table.vacuum("0s", force=True, keep_versions=[99])


def test_restore_by_version_and_time(table):
    done = table.restore(0, user_metadata={"why": "a test"})
    assert (done.version, done.restored, done.files_removed, done.files) == (4, 0, 2, 1)
    assert table.history(1)[0].operation == "RESTORE" and table.history(1)[0].other["why"] == "a test"
    assert peers_rows() == [{"id": 0, "v": "0"}] == table.to_pylist()
    assert table.restore(table.at_version(3).timestamp, dry_run=True).version == -1
    assert table.restore(str(table.at_version(3).timestamp)).restored == 3
    assert table.restore(3).version == -1 and table.version == 5
    with pytest.raises(lakelet.Conflict):
        table.restore(0, if_version=2)
    with pytest.raises(lakelet.NotFound):
        table.restore(99)
    table.delete()
    os.remove(os.path.join("t", table.at_version(0).files()[0].path))
    with pytest.raises(lakelet.NotFound):
        table.restore(5)
    assert table.count() == 0
    assert len(table.restore(5, ignore_missing=True).missing) == 1 and table.count() == 2


def test_the_log_is_written_together(table):
    assert table.checkpoint(dry_run=True).bytes_written == 0 and not list(pathlib.Path("t/_delta_log").glob("*.parquet"))
    done = table.checkpoint()
    assert (done.version, done.files_written) == (3, ["_delta_log/00000000000000000003.checkpoint.parquet"])
    assert table.checkpoint().version == -1
    assert table.compact_log(0, 2).files_written == ["_delta_log/00000000000000000000.00000000000000000002.compacted.json"]
    assert table.clean_log().files_removed == []
    with pytest.raises(lakelet.Error):
        table.compact_log(2, 99)
    assert peers_rows() == table.scan().order_by("id").to_pylist()


def test_clones(table):
    old = table.at_version(1)
    deep = old.clone("deep", user_metadata={"by": "a test"})
    assert (deep.version, deep.source_version, deep.files, deep.copied_files) == (0, 1, 2, 2)
    shallow = old.clone(pathlib.Path("shallow"), shallow=True)
    assert (shallow.files, shallow.copied_files) == (2, 0)
    for name in ("deep", "shallow"):
        assert sorted(lakelet.open(name)) == [(0, "0"), (1, "1")]
    assert peers_rows("deep") == peers_rows("t", 1)
    assert lakelet.open("deep").history()[0].other["by"] == "a test"
    with pytest.raises(lakelet.AlreadyExists):
        table.clone("deep")
    assert table.clone("dry", dry_run=True).version == -1 and not os.path.exists("dry")


def test_a_folder_becomes_a_table(here):
    for day in (1, 2):
        os.makedirs(f"folder/day=2025-01-0{day}")
        pyarrow.parquet.write_table(pyarrow.table({"id": [day, day + 10]}), f"folder/day=2025-01-0{day}/f.parquet")
    assert lakelet.convert("folder", dry_run=True).version == -1 and not lakelet.exists("folder")
    done = lakelet.convert("folder", partition_by="day date", name="N", properties={"delta.appendOnly": "true"}, user_metadata={"by": "a test"})
    assert (done.version, done.files, done.rows, done.partition_columns, done.format) == (0, 2, 4, ["day"], "delta")
    table = lakelet.open("folder")
    assert str(table.schema) == str(done.schema) == "id bigint, day date"
    assert (table.metadata.name, table.properties) == ("N", {"delta.appendOnly": "true"})
    assert sorted(table)[0] == (1, datetime.date(2025, 1, 1)) and sorted(table) == sorted(tuple(row.values()) for row in peers_rows("folder"))
    with pytest.raises(lakelet.AlreadyExists):
        lakelet.convert("folder")
    os.makedirs("empty")
    with pytest.raises(lakelet.NotFound):
        lakelet.convert("empty")


def test_analyze_fills_in_statistics(here):
    pyarrow.parquet.write_table(pyarrow.table({"id": [1, 2], "s": ["a", "b"]}), here / "f.parquet")
    lakelet.convert(".", statistics=False)
    table = lakelet.open(".")
    assert all(bounds.least is None for bounds in table.scan().files()[0].columns)
    done = table.analyze(["id"], user_metadata={"by": "a test"})
    assert (done.version, done.files, done.read, done.changed) == (1, 1, 1, 1) and table.version == 1
    known = {tuple(bounds.column): (bounds.least, bounds.greatest) for bounds in table.scan().files()[0].columns}
    assert known[("id",)] == (1, 2)
    assert table.analyze(["id"]).version == -1
    with pytest.raises(TypeError):
        table.analyze("id")


def test_what_changed_between_versions(table):
    table.alter(("add_column", {"field": lakelet.field("more", "string")}), ("set_properties", {"properties": {"mine": "1"}}))
    diff = table.at_version(2).diff(table, key=["id"])
    assert diff.versions == (2, 4) and diff.count() == (0, 0, 1)
    assert [(row["_change_type"], row["id"], row["v"]) for row in diff.to_pylist()] == [("update_preimage", 1, "1"), ("update_postimage", 1, "x")]
    assert diff.columns == [("more", None, "string")] and diff.properties == [("mine", None, "1")]
    assert diff.files.added == diff.files.removed == 1 and diff.files.common == 2
    assert len(diff.added_files) == len(diff.removed_files) == 1
    plain = table.at_version(0).diff(2)
    assert plain.count() == (2, 0, 0) and sorted(plain.to_pyarrow()["id"].to_pylist()) == [1, 2]
    assert table.at_version(0).diff(table.at_version(2).timestamp).count() == (2, 0, 0)
    assert pickle.loads(pickle.dumps(diff)).count() == diff.count()
    assert "version 2 to 4" in repr(diff) and "update_preimage" in diff._repr_html_()
    with pytest.raises(lakelet.InvalidArgument):
        table.at_version(0).diff(table, key=["nope"]).count()
    with pytest.raises(TypeError):
        table.diff(3, key="id")


def _differing(diff):
    return diff.count()


def test_a_diff_in_a_fork(table):
    diff = table.at_version(2).diff(table, key=["id"])
    assert diff.count().updated == 1
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(_differing, (diff,)).updated == 1
    process = os.fork()
    if process == 0:
        os._exit(0 if diff.count().updated == 1 else 1)  # the handle itself, in the child
    assert os.waitpid(process, 0)[1] == 0


def test_the_doctor(table):
    assert lakelet.doctor("t") == (table.uri, 3, -1, 3, sum(file.bytes for file in table.files()), [], True)
    gone = table.files()[0].path
    os.remove(os.path.join("t", gone))
    ill = lakelet.doctor("t")
    assert not ill.healthy and [(each.severity, each.check, each.subject, each.repaired) for each in ill.findings] == [("damage", "missing file", gone, False)]
    assert "missing file" in ill._repr_html_()
    mended = lakelet.doctor("t", repair=True, user_metadata={"why": "a test"})
    assert table.history(1)[0].other["why"] == "a test"
    assert mended.healthy and mended.repaired_version == 4 and mended.findings[0].repaired
    assert lakelet.doctor("t", full=True).healthy and table.refresh().count() == 2 == len(peers_rows())
    with pytest.raises(lakelet.NotFound):
        lakelet.doctor("nothing")


def test_handles_that_only_read(table):
    old = table.at_version(0)
    for verb in (lambda: old.vacuum(), lambda: old.restore(0), lambda: old.checkpoint(), lambda: old.analyze()):
        with pytest.raises(lakelet.InvalidArgument):
            verb()
