"""Tables that lakelet vacuumed, restored and checkpointed, read by deltalake, DuckDB and polars; and what the one deletes, the other deletes too."""
import os
import shutil

import pytest
from deltalake import DeltaTable
from readers import READERS, assert_same_rows

FORCE = ("--retention", "0h", "--force")


def make(lakelet, *properties):
    listed = [part for each in properties for part in ("--property", each)]
    lakelet.ok("create", "t", "--schema", "id bigint, name string, p string", "--partition-by", "p", *listed)
    lakelet.ok("sql", "insert into 't' select i, 'n' || i, case i % 3 when 0 then 'a b' when 1 then 'é/%' end from range(600) r(i)")
    lakelet.ok("update", "t", "--set", "name = 'changed'", "--where", "id % 100 = 7")
    lakelet.ok("delete", "t", "--where", "id % 2 = 0")


def data_files(tmp_path):
    return sorted(os.path.relpath(os.path.join(folder, file), tmp_path / "t") for folder, _, files in os.walk(tmp_path / "t") for file in files
                  if "_delta_log" not in folder)


def read_everywhere(lakelet, tmp_path, *readers):
    expected = lakelet.rows("from 't'")
    for reader in readers or sorted(READERS):
        assert_same_rows(READERS[reader](tmp_path / "t"), expected)
    return expected


@pytest.mark.parametrize("how", [(), ("--full", "--uncommitted", "0s")])
@pytest.mark.parametrize("vectors", ["true", "false"])
def test_what_is_left_can_be_read(lakelet, tmp_path, how, vectors):
    make(lakelet, f"delta.enableDeletionVectors={vectors}", "delta.enableChangeDataFeed=true")
    before = lakelet.rows("from 't'")
    files = data_files(tmp_path)
    listed = [row["path"] for row in lakelet.json("vacuum", "t", *FORCE, *how, "--dry-run")]
    assert data_files(tmp_path) == files
    lakelet.ok("vacuum", "t", *FORCE, *how)
    assert sorted(set(files) - set(data_files(tmp_path))) == sorted(listed) != []
    assert_same_rows(lakelet.rows("from 't'"), before)
    # deltalake (by pyarrow) and polars have no deletion vectors.
    read_everywhere(lakelet, tmp_path, *(["duckdb"] if vectors == "true" else []))
    assert lakelet.json("vacuum", "t", *FORCE, *how, "--dry-run") == []


def test_deltalake_would_delete_the_same(lakelet, tmp_path):
    make(lakelet)
    ours = sorted(row["path"] for row in lakelet.json("vacuum", "t", *FORCE, "--dry-run"))
    theirs = DeltaTable(str(tmp_path / "t")).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=True, full=False)
    assert ours == sorted(theirs)


def test_deltalake_understands_the_history(lakelet, tmp_path):
    make(lakelet)
    lakelet.ok("vacuum", "t", *FORCE)
    lakelet.ok("sql", "insert into 't' values (1000, 'x', null)")
    version = DeltaTable(str(tmp_path / "t")).version()
    lakelet.ok("restore", f"t@v{version - 1}")
    history = DeltaTable(str(tmp_path / "t")).history()
    assert [entry["operation"] for entry in history[:4]] == ["RESTORE", "WRITE", "VACUUM END", "VACUUM START"]
    assert history[3]["operationParameters"]["retentionCheckEnabled"] is False or history[3]["operationParameters"]["retentionCheckEnabled"] == "false"
    assert history[2]["operationParameters"]["status"] == "COMPLETED"
    read_everywhere(lakelet, tmp_path)


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("vectors", ["true", "false"])
def test_restored(lakelet, tmp_path, version, vectors):
    make(lakelet, f"delta.enableDeletionVectors={vectors}")
    expected = lakelet.rows(f"from 't' at (version => {version})")
    lakelet.ok("restore", f"t@v{version}")
    rows = read_everywhere(lakelet, tmp_path, *(["duckdb"] if vectors == "true" else []))
    assert_same_rows(rows, expected)


def test_deltalake_restores_what_lakelet_vacuumed(lakelet, tmp_path):
    make(lakelet)
    lakelet.ok("vacuum", "t", "--full")
    DeltaTable(str(tmp_path / "t")).restore(1)
    assert lakelet.rows("select count(*) as n from 't'").column("n")[0].as_py() == 600


def test_a_copied_table_loses_nothing(lakelet, tmp_path):
    """Copied files are all young; what the log says was removed goes all the same, and what it needs stays."""
    make(lakelet)
    shutil.move(tmp_path / "t", tmp_path / "other")
    shutil.copytree(tmp_path / "other", tmp_path / "t", copy_function=shutil.copyfile)
    before = lakelet.rows("from 't'")
    lakelet.ok("vacuum", "t", *FORCE, "--full")
    assert_same_rows(read_everywhere(lakelet, tmp_path), before)


def test_a_vacuum_by_deltalake_and_then_ours(lakelet, tmp_path):
    make(lakelet)
    DeltaTable(str(tmp_path / "t")).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
    assert lakelet.json("vacuum", "t", *FORCE, "--dry-run") == []
    assert lakelet.json("vacuum", "t", *FORCE, "--full", "--uncommitted", "0s", "--dry-run") == []


def test_files_outside_of_the_table_stay(lakelet, tmp_path):
    """As a shallow clone has them: absolute paths into another table's folder."""
    make(lakelet)
    source = tmp_path / "source"
    shutil.move(tmp_path / "t", source)
    log = tmp_path / "t" / "_delta_log"
    log.mkdir(parents=True)
    for commit in sorted((source / "_delta_log").glob("0*.json")):
        text = commit.read_text()
        for kind in ("add", "remove"):
            text = text.replace(f'"{kind}":{{"path":"', f'"{kind}":{{"path":"file://{source}/')
        (log / commit.name).write_text(text)
    before = lakelet.rows("from 't'")
    kept = sorted(os.listdir(source))
    lakelet.ok("vacuum", "t", *FORCE)
    lakelet.ok("vacuum", "t", *FORCE, "--full", "--uncommitted", "0s")
    assert sorted(os.listdir(source)) == kept
    assert_same_rows(lakelet.rows("from 't'"), before)


def test_checkpoints_by_hand(lakelet, tmp_path):
    make(lakelet)
    lakelet.ok("compact-log", "t")
    lakelet.ok("checkpoint", "t")
    expected = lakelet.rows("from 't'")
    for commit in (tmp_path / "t" / "_delta_log").glob("0*.json"):
        if commit.stem.isdigit() and int(commit.stem) < 3:
            commit.unlink()
    assert_same_rows(read_everywhere(lakelet, tmp_path), expected)
