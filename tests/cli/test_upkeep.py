"""lakelet vacuum, restore, checkpoint, compact-log and clean-log: what they print, and the exit code of what they refuse."""
import json
import os

import pytest

FAILED, USAGE, NOT_FOUND, UNSUPPORTED, CONFLICT = 1, 2, 3, 5, 7


@pytest.fixture
def table(lakelet):
    lakelet.ok("create", "t", "--schema", "id int, name string")
    lakelet.ok("sql", "insert into 't' values (1, 'a')")
    lakelet.ok("sql", "insert into 't' values (2, 'b')")
    lakelet.ok("delete", "t", "--where", "id = 1")
    return lakelet


def ids(lakelet):
    return sorted(row["id"] for row in lakelet.json("view", "t"))


def test_vacuum(table, tmp_path):
    assert "nothing to delete" in table.run("vacuum", "t").stderr
    refused = table.run("vacuum", "t", "--retention", "1h")
    assert refused.returncode == USAGE and "7 days" in refused.stderr and "--force" in refused.stderr
    found = table.json("vacuum", "t", "--retention", "0h", "--force", "--dry-run")
    assert len(found) == 1 and os.path.getsize(tmp_path / "t" / found[0]["path"]) == found[0]["bytes"]
    said = table.json("vacuum", "t", "--retention", "0h", "--force")
    assert (said["files_deleted"], said["bytes_deleted"]) == (1, found[0]["bytes"])
    assert not (tmp_path / "t" / found[0]["path"]).exists()
    assert ids(table) == [2]
    gone = table.run("restore", "t@v2")
    assert gone.returncode == NOT_FOUND and "--ignore-missing" in gone.stderr


@pytest.mark.parametrize("arguments, code", [
    (["vacuum", "t", "--retention", "soon"], USAGE),
    (["vacuum", "t", "--full", "--lite"], USAGE),
    (["vacuum", "t", "--uncommitted", "0s"], USAGE),
    (["vacuum", "t@v1"], USAGE),
    (["vacuum", "nothing"], NOT_FOUND),
    (["restore", "t"], USAGE),
    (["restore", "t@v99"], NOT_FOUND),
    (["restore", "nothing@v1"], NOT_FOUND),
    (["restore", "t@v1", "--if-version", "1"], CONFLICT),
    (["checkpoint", "nothing"], NOT_FOUND),
    (["compact-log", "t", "--from", "2", "--to", "9"], USAGE),
    (["compact-log", "t", "--from", "2", "--to", "2"], USAGE),
])
def test_refused(table, arguments, code):
    done = table.run(*arguments)
    assert done.returncode == code, done.stderr
    assert len([line for line in done.stderr.splitlines() if line]) <= 2
    assert ids(table) == [2]


def test_restore(table):
    said = table.json("restore", "t@v2")
    assert (said["version"], said["restored_version"], said["files_restored"]) == (4, 2, 1)
    assert ids(table) == [1, 2]
    assert "already" in table.run("restore", "t@v2").stderr
    assert "would be" in table.run("restore", "t@v0", "--dry-run").stderr
    table.ok("restore", "t@v0", "--user-metadata", "why=test")
    assert ids(table) == []
    newest = table.json("history", "t", "--limit", "1")[0]
    assert newest["operation"] == "RESTORE" and newest["parameters"]["version"] == "0"


def test_the_log(table, tmp_path):
    log = tmp_path / "t" / "_delta_log"
    assert [row["action"] for row in table.json("checkpoint", "t", "--dry-run")] == ["write"]
    assert not list(log.glob("*.checkpoint.parquet"))
    assert table.json("checkpoint", "t")["version"] == 3
    assert (log / f"{3:020}.checkpoint.parquet").exists()
    assert "already" in table.run("checkpoint", "t").stderr
    assert "nothing to compact" in table.run("compact-log", "t").stderr
    table.ok("compact-log", "t", "--from", "0", "--to", "3")
    assert (log / f"{0:020}.{3:020}.compacted.json").exists()
    assert "nothing of the log" in table.run("clean-log", "t").stderr
    assert ids(table) == [2]


def test_call(table):
    rows = table.json("sql", "call lake_vacuum('t', retention => '0 hours', force => true, dry_run => true)")
    assert [set(row) for row in rows] == [{"path", "bytes", "modified"}]
    assert table.json("sql", "call lake_restore('t', version => 1)")[0]["restored_version"] == 1
    assert ids(table) == [1]
    assert table.run("sql", "select * from lake_vacuum('t')").returncode == USAGE
    assert table.run("sql", "begin; insert into 't' values (9, 'x'); call lake_restore('t', version => 1)").returncode == USAGE
    assert ids(table) == [1]


@pytest.mark.parametrize("spelling", ["alias/{}", "t//{}", "t/./{}", "t/../t/{}"])
def test_a_file_stays_however_its_path_is_spelled(lakelet, tmp_path, spelling):
    lakelet.ok("sql", "create table './t' as select 1 a")
    (tmp_path / "alias").symlink_to("t")
    commit = max((tmp_path / "t" / "_delta_log").glob("*.json"))
    (data,) = (tmp_path / "t").rglob("*.parquet")
    actions = [json.loads(line) for line in commit.read_text().splitlines()]
    for action in actions:
        if "add" in action:
            action["add"]["path"] = f"file://{tmp_path}/{spelling.format(data.name)}"
    commit.write_text("".join(json.dumps(action) + "\n" for action in actions))
    (tmp_path / "t" / "orphan.parquet").write_bytes(b"x")
    for file in [data, tmp_path / "t" / "orphan.parquet"]:
        os.utime(file, (10**9, 10**9))
    lakelet.ok("vacuum", "t", "--full", "--retention", "0h", "--force", "--uncommitted", "0s")
    assert data.exists() and not (tmp_path / "t" / "orphan.parquet").exists()
    assert lakelet.rows("from 't'").to_pylist() == [{"a": 1}]
