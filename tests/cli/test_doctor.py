"""lakelet doctor and analyze: healthy tables, damaged copies, and what a repair makes of them."""

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake


def log(table, name):
    return table / "_delta_log" / name


def commit(table, version):
    return log(table, f"{version:020}.json")


def checkpoint(table, version):
    return log(table, f"{version:020}.checkpoint.parquet")


def data_files(table):
    return sorted(file for file in table.rglob("*.parquet") if "_delta_log" not in file.parts)


def findings(lakelet, *arguments, code=0):
    done = lakelet.run("doctor", "t", *arguments, "--format", "json")
    assert done.returncode == code, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["healthy"] == (code == 0)
    return report


def checks(report, severity="damage"):
    return sorted({finding["check"] for finding in report["findings"] if finding["severity"] == severity})


def edit_add(path, change):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for action in lines:
        if "add" in action:
            stats = json.loads(action["add"]["stats"])
            change(action["add"], stats)
            action["add"]["stats"] = json.dumps(stats)
    path.write_text("".join(json.dumps(action) + "\n" for action in lines))


@pytest.fixture
def table(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "i int, s string, p int", "--partition-by", "p",
               "--property", "delta.checkpointInterval=4")
    for n in range(6):
        lakelet.ok("sql", f"insert into 't' values ({n}, 'v{n}', {n % 2}), ({n + 100}, NULL, {n % 2})")
    lakelet.ok("delete", "t", "--where", "i = 3")
    return tmp_path / "t"


def test_a_healthy_table(lakelet, table):
    for arguments in ([], ["--full"]):
        report = findings(lakelet, *arguments)
        assert checks(report) == checks(report, "warning") == []
        assert report["files"] == 6 and report["version"] == 7
    assert "is healthy" in lakelet.run("doctor", "t").stderr


def test_what_isnt_there(lakelet, tmp_path):
    lakelet.fails(3, "doctor", "nowhere")
    (tmp_path / "folder").mkdir()
    lakelet.fails(3, "doctor", "folder")


def test_a_missing_file(lakelet, table):
    victim = data_files(table)[0]
    rows_before = len(lakelet.rows("from 't'"))
    lost = len(pq.read_table(victim, partitioning=None))
    victim.unlink()
    report = findings(lakelet, code=6)
    (finding,) = [f for f in report["findings"] if f["check"] == "missing file"]
    assert victim.name in finding["subject"] and finding["repairable"]
    repaired = findings(lakelet, "--repair")
    assert repaired["repaired_version"] == 8
    assert [f["repaired"] for f in repaired["findings"] if f["check"] == "missing file"] == [True]
    assert len(lakelet.rows("from 't'")) == rows_before - lost
    assert len(DeltaTable(str(table)).to_pyarrow_table()) == rows_before - lost
    info = json.loads(commit(table, 8).read_text().splitlines()[0])["commitInfo"]
    assert info["operation"] == "FSCK" and info["operationMetrics"]["numRemovedFiles"] == 1
    assert checks(findings(lakelet)) == []


def test_a_file_of_another_size_or_torn(lakelet, table):
    first, second = data_files(table)[:2]
    first.write_bytes(first.read_bytes() + b"x")
    whole = second.read_bytes()
    second.write_bytes(whole[:-4] + b"XXXX")
    report = findings(lakelet, code=6)
    assert checks(report) == ["file size", "unreadable file"]
    again = findings(lakelet, "--repair", code=6)
    assert again["repaired_version"] is None and not any(f["repaired"] for f in again["findings"])


@pytest.mark.parametrize("what, change, check", [
    ("rows", lambda add, stats: stats.update(numRecords=7), "row count"),
    ("bounds", lambda add, stats: stats["maxValues"].update(i=stats["minValues"]["i"] - 1) or stats["minValues"].update(i=-9), "bounds"),
    ("nulls", lambda add, stats: stats["nullCount"].update(s=0), "null count"),
])
def test_statistics_that_would_hide_rows(lakelet, table, what, change, check):
    edit_add(commit(table, 6), change)
    for name in log(table, "").glob("*.crc"):
        name.unlink()
    assert checks(findings(lakelet, code=6)) == [check]
    lakelet.ok("analyze", "t", "--full")
    assert checks(findings(lakelet, "--full")) == []


def test_bounds_of_text_need_a_look_at_the_rows(lakelet, table):
    edit_add(commit(table, 6), lambda add, stats: stats["maxValues"].update(s="a"))
    edit_add(commit(table, 6), lambda add, stats: stats["minValues"].update(s="a"))
    assert checks(findings(lakelet)) == []
    assert checks(findings(lakelet, "--full", code=6)) == ["bounds"]


def test_a_damaged_checkpoint(lakelet, table):
    good = lakelet.rows("from 't'")
    checkpoint(table, 4).write_bytes(b"PAR1 nonsense PAR1")
    report = findings(lakelet, code=6)
    assert checks(report) == ["checkpoint"]
    assert all(f["repairable"] for f in report["findings"] if f["check"] == "checkpoint")
    assert checks(findings(lakelet, "--repair")) == ["checkpoint"]
    assert checks(findings(lakelet)) == []
    for version in range(4):
        commit(table, version).unlink()
    assert lakelet.rows("from 't'").num_rows == good.num_rows
    assert len(DeltaTable(str(table)).to_pyarrow_table()) == good.num_rows
    # Now nothing tells what it should say.
    checkpoint(table, 4).write_bytes(b"PAR1 nonsense PAR1")
    report = findings(lakelet, "--repair", code=6)
    assert "checkpoint" in checks(report) and not any(f["repaired"] for f in report["findings"])


def test_a_checkpoint_that_says_something_else(lakelet, table):
    path = checkpoint(table, 4)
    rows = pq.read_table(path)
    adds = [i for i, add in enumerate(rows["add"].to_pylist()) if add]
    keep = [i for i in range(len(rows)) if i != adds[0]]
    pq.write_table(rows.take(keep), path)
    report = findings(lakelet, code=6)
    assert checks(report) == ["checkpoint"] and "live files less" in report["findings"][0]["finding"]
    findings(lakelet, "--repair")
    assert checks(findings(lakelet)) == []


@pytest.mark.parametrize("text", ["", "garbage", '{"version":99,"size":1}', '{"version":4,"size":1,"checksum":"0"}'])
def test_a_hint_that_misleads(lakelet, table, text):
    log(table, "_last_checkpoint").write_text(text)
    report = findings(lakelet)
    assert checks(report, "warning") == ["last checkpoint"]
    findings(lakelet, "--repair")
    assert checks(findings(lakelet), "warning") == []
    assert json.loads(log(table, "_last_checkpoint").read_text())["version"] == 4


def test_a_gap_and_a_torn_commit(lakelet, table):
    shutil.copytree(table, table.parent / "copy")
    commit(table, 2).unlink()
    assert checks(findings(lakelet), "warning") == ["log gap"]  # before the checkpoint: only time travel
    commit(table, 6).unlink()
    assert "log gap" in checks(findings(lakelet, code=6))
    shutil.rmtree(table)
    shutil.move(table.parent / "copy", table)
    commit(table, 7).write_text(commit(table, 7).read_text()[:100])
    assert "commit" in checks(findings(lakelet, "--repair", code=6))


def test_a_checksum_that_contradicts(lakelet, table):
    path = log(table, f"{7:020}.crc")
    crc = json.loads(path.read_text())
    crc["metadata"]["id"] = "another"
    path.write_text(json.dumps(crc))
    assert checks(findings(lakelet), "warning") == ["checksum"]


def test_deletion_vectors(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "i int", "--property", "delta.enableDeletionVectors=true")
    lakelet.ok("sql", "insert into 't' select range from range(20000)")
    lakelet.ok("delete", "t", "--where", "i % 2 = 0")
    for arguments in ([], ["--full"]):
        assert checks(findings(lakelet, *arguments)) == []
    (vector,) = (tmp_path / "t").glob("*.bin")
    data = bytearray(vector.read_bytes())
    data[len(data) // 2] ^= 0xFF
    vector.write_bytes(data)
    assert checks(findings(lakelet, code=6)) == ["deletion vector"]
    vector.unlink()
    assert checks(findings(lakelet, code=6)) == ["deletion vector"]


@pytest.mark.parametrize("file, missing", [("snap-*.avro", True), ("snap-*.avro", False), ("*-m0.avro", True), ("*-m0.avro", False)])
def test_lists_of_files_that_are_lost(lakelet, tmp_path, file, missing):
    lakelet.ok("sql", "create table './i' (id int) with (format = 'iceberg'); insert into './i' values (1)")
    (lost,) = (tmp_path / "i" / "metadata").glob(file)
    lost.unlink() if missing else lost.write_bytes(lost.read_bytes()[:100])
    report = json.loads(lakelet.run("doctor", "i", "--format", "json").stdout)
    assert not report["healthy"] and report["findings"]
    for finding in report["findings"]:
        assert finding["severity"] == "damage" and lost.name in finding["finding"] and "backup" in finding["remedy"]
    assert lakelet.run("doctor", "i", "--repair").returncode == 6


def test_advice_on_small_files(lakelet):
    lakelet.ok("create", "t", "--schema", "i int")
    for n in range(9):
        lakelet.ok("sql", f"insert into 't' values ({n})")
    report = findings(lakelet)
    assert checks(report, "advice") == ["small files"] and "9 of 9 files are small" in report["findings"][0]["finding"]


def test_analyze_fills_in_what_is_missing(lakelet, tmp_path):
    write_deltalake(str(tmp_path / "t"), pa.table({"a": [3, 1, None], "s": ["x", "y", "z"], "f": [1.5, float("nan"), 2.0]}),
                    configuration={"delta.dataSkippingNumIndexedCols": "0"})
    before = lakelet.rows("from 't'")
    report = lakelet.json("analyze", "t", "--dry-run")
    assert report["version"] is None
    lakelet.json("analyze", "t", "--full")
    assert str(lakelet.rows("from 't'")) == str(before)


def test_analyze_of_files_with_deleted_rows(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "i int, f double, s string", "--property", "delta.enableDeletionVectors=true")
    lakelet.ok("sql", "insert into 't' select i, if(i = 50, 'nan'::double, i), if(i % 3 = 0, NULL, 's' || i) from range(100) r(i)")
    lakelet.ok("delete", "t", "--where", "i < 10 or i >= 90")
    report = lakelet.json("analyze", "t", "--full")
    assert report["files_changed"] == 1
    (add,) = [action["add"] for action in map(json.loads, commit(tmp_path / "t", 3).read_text().splitlines()) if "add" in action]
    stats = json.loads(add["stats"])
    assert stats["numRecords"] == 100 and stats["tightBounds"] is True and add["dataChange"] is False and "deletionVector" in add
    assert (stats["minValues"]["i"], stats["maxValues"]["i"], stats["nullCount"]["s"]) == (10, 89, 26)
    assert "f" not in stats["minValues"]
    for arguments in ([], ["--full"]):
        assert checks(findings(lakelet, *arguments)) == []
    assert lakelet.rows("select count(*) as n, max(i) as m from 't'").to_pylist() == [{"n": 80, "m": 89}]
    assert lakelet.json("analyze", "t", "--full")["version"] is None  # nothing else to say
    info = json.loads(commit(tmp_path / "t", 3).read_text().splitlines()[0])["commitInfo"]
    assert info["operation"] == "COMPUTE STATS"
