"""Upkeep in lakelet.deltalake beside the real `deltalake` package: the same calls on the same inputs."""

import datetime
import os
import pathlib
import time

import deltalake as real
import deltalake.exceptions
import pyarrow
import pyarrow.parquet
import pytest
from side_by_side import BOTH, ROWS, made, pairs, rows_of

import lakelet.deltalake as ours
import lakelet.deltalake.exceptions


def replaced(delta, here, **options):
    """Rows that were written, added to, and replaced: the files of two versions are needed by nobody."""
    path, _ = made(delta, here, **options)
    delta.write_deltalake(path, ROWS, mode="append")
    delta.write_deltalake(path, ROWS.slice(0, 1), mode="overwrite")
    time.sleep(0.01)
    return path, delta.DeltaTable(path)


def data_files(path):
    return {str(file.relative_to(path)) for file in pathlib.Path(path).rglob("*.parquet") if "_delta_log" not in str(file)}


# --- vacuum


@BOTH
def test_vacuum_lists_and_deletes(here, delta):
    path, table = replaced(delta, here, partition_by="p")
    before, live = data_files(path), {os.path.relpath(uri, path) for uri in table.file_uris()}
    assert table.vacuum() == [] and table.version() == 2
    found = table.vacuum(retention_hours=0, enforce_retention_duration=False)
    assert set(found) == before - live and len(found) == 4 and table.version() == 2
    properties = delta.CommitProperties(custom_metadata={"job": "7"})
    assert sorted(table.vacuum(0, dry_run=False, enforce_retention_duration=False, commit_properties=properties)) == sorted(found)
    assert data_files(path) == live and table.version() == 4
    end, start = table.history(2)
    assert (end["operation"], start["operation"], end["job"], start["job"]) == ("VACUUM END", "VACUUM START", "7", "7")
    assert start["operationParameters"]["specifiedRetentionMillis"] in ("0", 0) and start["operationMetrics"]["numFilesToDelete"] == 4
    assert end["operationMetrics"]["numDeletedFiles"] == 4 and end["operationParameters"]["status"] == "COMPLETED"
    assert rows_of(real.DeltaTable(path)) == rows_of(ours.DeltaTable(path)) == [{"id": 1, "s": "a", "p": "x"}]


@BOTH
def test_a_short_retention_has_to_be_insisted_on(here, delta):
    path, table = replaced(delta, here)
    before = data_files(path)
    with pytest.raises(delta.exceptions.DeltaError, match="(?i)retention"):
        table.vacuum(retention_hours=0, dry_run=False)
    with pytest.raises(ValueError):
        table.vacuum(retention_hours=-1)
    assert data_files(path) == before and table.version() == 2
    table.alter.set_table_properties({"delta.deletedFileRetentionDuration": "interval 0 hours"})
    time.sleep(0.01)
    assert len(table.vacuum()) == 2


@BOTH
def test_a_full_vacuum(here, delta):
    path, table = replaced(delta, here)
    (pathlib.Path(path) / "stray.parquet").write_bytes(b"x")
    time.sleep(0.01)
    assert "stray.parquet" not in table.vacuum(0, enforce_retention_duration=False)
    assert "stray.parquet" in table.vacuum(0, enforce_retention_duration=False, full=True)
    with pytest.warns(DeprecationWarning):
        assert "stray.parquet" in table.vacuum(0, True, False, None, None, True)


@BOTH
def test_versions_that_are_kept(here, delta):
    path, table = replaced(delta, here)
    found = table.vacuum(0, dry_run=False, enforce_retention_duration=False, keep_versions=[0])
    assert len(found) == 1
    assert rows_of(delta.DeltaTable(path, 0)) == rows_of(made(delta, here / "plain")[1])
    with pytest.raises(delta.exceptions.DeltaError):
        table.vacuum(0, enforce_retention_duration=False, keep_versions=[99])


@BOTH
def test_a_vacuum_with_nothing_to_do(here, delta):
    _, table = made(delta, here)
    assert table.vacuum(dry_run=False) == [] and table.version() == 0


# --- restore


@BOTH
def test_restore(here, delta):
    path, table = made(delta, here)
    moment = datetime.datetime.now(datetime.timezone.utc)
    time.sleep(0.02)
    delta.write_deltalake(path, ROWS, mode="append")
    table.update_incremental()
    table.delete("id = 1")
    old = rows_of(delta.DeltaTable(path, 0))
    assert table.restore(0, commit_properties=delta.CommitProperties(custom_metadata={"job": "7"})) == {"numRemovedFile": 1 + (len(delta.DeltaTable(path, 2).file_uris()) == 2), "numRestoredFile": 1}
    assert table.version() == 3 and rows_of(table) == old
    entry = table.history(1)[0]
    assert (entry["operation"], entry["readVersion"], entry["job"]) == ("RESTORE", 2, "7") and entry["operationParameters"]["version"] in ("0", 0)
    table.restore(1)
    assert table.count() == 6
    for target in (moment, moment.isoformat()):
        table.restore(target)
        assert rows_of(table) == old
        table.restore(1)
    assert rows_of(real.DeltaTable(path)) == rows_of(ours.DeltaTable(path))


@BOTH
def test_what_cant_be_restored(here, delta):
    path, table = made(delta, here)
    delta.write_deltalake(path, ROWS, mode="overwrite")
    table.update_incremental()
    for target in (1, 99, datetime.datetime.now(datetime.timezone.utc), 1.5):
        with pytest.raises(delta.exceptions.DeltaError):
            table.restore(target)
    with pytest.raises(ValueError):
        table.restore("nonsense")
    os.remove(delta.DeltaTable(path, 0).file_uris()[0])
    with pytest.raises(delta.exceptions.DeltaError):
        table.restore(0)
    assert table.version() == 1
    assert table.restore(0, ignore_missing_files=True)["numRemovedFile"] == 1


# --- the log


@BOTH
def test_checkpoints_and_compactions(here, delta):
    path, table = replaced(delta, here)
    log = pathlib.Path(path) / "_delta_log"
    assert table.compact_logs(0, 2) is None
    assert (log / "00000000000000000000.00000000000000000002.compacted.json").exists()
    for first, last in ((2, 0), (1, 1), (0, 99)):
        with pytest.raises(delta.exceptions.DeltaError):
            table.compact_logs(first, last)
    table.load_as_version(1)
    assert table.create_checkpoint() is None and table.version() == 1
    assert (log / "_last_checkpoint").exists()
    assert table.cleanup_metadata() is None
    assert rows_of(real.DeltaTable(path)) == rows_of(ours.DeltaTable(path))


def test_a_checkpoint_that_one_wrote_is_read_by_both(here):
    for delta in (real, ours):
        path, table = replaced(delta, here)
        table.create_checkpoint()
        for commit in (pathlib.Path(path) / "_delta_log").glob("*.json"):
            commit.unlink()  # the checkpoint alone is left
        assert rows_of(real.DeltaTable(path)) == rows_of(ours.DeltaTable(path)) == [{"id": 1, "s": "a", "p": "x"}]


@BOTH
def test_old_commits_are_cleaned_up(here, delta):
    path, table = replaced(delta, here, configuration={"delta.logRetentionDuration": "interval 0 days"})
    table.create_checkpoint()
    old = pathlib.Path(path) / "_delta_log" / "00000000000000000000.json"
    for commit in old.parent.glob("*.json"):
        os.utime(commit, (time.time() - 10 * 86400,) * 2)
    table.cleanup_metadata()
    assert rows_of(real.DeltaTable(path)) == rows_of(ours.DeltaTable(path))


# --- repair


@BOTH
def test_repair(here, delta):
    path, table = made(delta, here, partition_by="p")
    assert table.repair() == {"dry_run": False, "files_removed": []} and table.version() == 0
    gone = [uri for uri in table.file_uris() if "p=y" in uri][0]
    os.remove(gone)
    name = os.path.relpath(gone, path)
    assert table.repair(dry_run=True) == {"dry_run": True, "files_removed": [name]} and table.version() == 0
    properties = delta.CommitProperties(custom_metadata={"job": "7"})
    assert table.repair(commit_properties=properties) == {"dry_run": False, "files_removed": [name]}
    assert table.version() == 1 and [row["id"] for row in rows_of(table)] == [1, 2]
    entry = table.history(1)[0]
    assert (entry["operation"], entry["job"]) == ("FSCK", "7")
    assert rows_of(real.DeltaTable(path)) == rows_of(ours.DeltaTable(path))


# --- conversion


def folder_of_files(delta, here):
    folder = here / delta.__name__
    for value in ("x", "y"):
        (folder / f"p={value}").mkdir(parents=True)
        pyarrow.parquet.write_table(pyarrow.table({"id": [1, 2], "s": [value, None]}), folder / f"p={value}" / "f.parquet")
    return folder


def test_a_folder_becomes_the_same_table(here):
    def work(delta):
        folder = folder_of_files(delta, here)
        delta.convert_to_deltalake(
            str(folder),
            partition_by=delta.Schema.from_arrow(pyarrow.schema([("p", pyarrow.string())])),
            partition_strategy="hive",
            name="N",
            description="D",
            configuration={"delta.appendOnly": "true"},
            commit_properties=delta.CommitProperties(custom_metadata={"job": "7"}),
        )
        table = delta.DeltaTable(str(folder))
        metadata = table.metadata()
        actions = pyarrow.table(table.get_add_actions(flatten=True)).drop_columns(["modification_time"]).sort_by("path").to_pylist()
        said = {"operation": "CONVERT", "job": "7"}
        assert said.items() <= table.history()[0].items()
        assert rows_of(real.DeltaTable(str(folder))) == rows_of(table)
        return metadata.name, metadata.description, metadata.configuration, metadata.partition_columns, table.schema().to_json(), rows_of(table), actions

    theirs, mine = pairs(work)
    assert theirs == mine and len(mine[5]) == 4


@BOTH
def test_what_isnt_converted(here, delta):
    folder = folder_of_files(delta, here)
    by = delta.Schema.from_arrow(pyarrow.schema([("p", pyarrow.string())]))
    with pytest.raises(ValueError):
        delta.convert_to_deltalake(str(folder), partition_by=by)
    with pytest.raises(ValueError):
        delta.convert_to_deltalake(str(folder), partition_by=by, partition_strategy="odd")
    other = delta.Schema.from_arrow(pyarrow.schema([("q", pyarrow.string())]))
    with pytest.raises(delta.exceptions.DeltaError):
        delta.convert_to_deltalake(str(folder), partition_by=other, partition_strategy="hive")
    delta.convert_to_deltalake(folder, partition_by=by, partition_strategy="hive")
    with pytest.raises(delta.exceptions.DeltaError):
        delta.convert_to_deltalake(folder, partition_by=by, partition_strategy="hive")
    delta.convert_to_deltalake(folder, mode="ignore")
    assert delta.DeltaTable(folder).version() == 0
    (here / "empty").mkdir()
    for nothing in (here / "empty", here / "nowhere"):
        with pytest.raises(delta.exceptions.DeltaError):
            delta.convert_to_deltalake(str(nothing))


@BOTH
def test_a_conversion_without_statistics(here, delta):
    pyarrow.parquet.write_table(pyarrow.table({"id": [1, 2]}), here / "f.parquet")
    delta.convert_to_deltalake(str(here), collect_stats=False)
    (action,) = pyarrow.table(delta.DeltaTable(str(here)).get_add_actions(flatten=True)).to_pylist()
    assert action["path"] == "f.parquet" and action.get("min.id") is None


# --- manifests


@BOTH
@pytest.mark.parametrize("partition_by", [None, "p"])
def test_manifests(here, delta, partition_by):
    rows = pyarrow.table({"id": [1, 2, 3], "p": ["x", "a b", None]})
    path, table = made(delta, here, rows, partition_by=partition_by)
    folder = pathlib.Path(path) / "_symlink_format_manifest"
    table.generate()
    manifests = {str(file.relative_to(folder)): file.read_text().splitlines() for file in folder.rglob("*") if file.is_file()}
    assert sorted(uri for uris in manifests.values() for uri in uris) == sorted(table.file_uris())
    if partition_by:
        assert len(manifests) == 3 and manifests["p=x/manifest"] == [uri for uri in table.file_uris() if "/p=x/" in uri]
    else:
        assert list(manifests) == ["manifest"]


def test_manifests_of_what_is_gone_go(here):
    path, table = made(ours, here, partition_by="p")
    table.generate()
    table.delete("p = 'y'")
    table.generate()
    assert {file.parent.name for file in (pathlib.Path(path) / "_symlink_format_manifest").rglob("manifest")} == {"p=x"}
    table.alter.set_table_properties({"delta.enableDeletionVectors": "true"})
    table.delete("id = 1")
    with pytest.raises(ours.exceptions.DeltaError, match="deleted rows"):
        table.generate()
