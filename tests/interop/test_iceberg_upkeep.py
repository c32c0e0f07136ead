"""Iceberg tables after vacuum, compact-log and clean-log: what is left is read by pyiceberg and DuckDB's extension, and nothing more is there."""

import json
import os
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from iceberg_readers import READERS, metadata_file, pyiceberg_table
from pyiceberg.catalog.sql import SqlCatalog
from readers import assert_same_rows

FORCE = ("--retention", "0h", "--force")


def make(lakelet, version="2", **properties):
    options = {"format": "iceberg", "format-version": version, **properties}
    text = ", ".join(f"\"{key}\" = '{value}'" for key, value in options.items())
    lakelet.ok("sql", f"create table 't' (id bigint, p varchar) partitioned by (p) with ({text})")
    lakelet.ok("sql", "insert into 't' select i, case i % 2 when 0 then 'even' else 'odd' end from range(100) r(i)")
    lakelet.ok("sql", "delete from 't' where id % 10 = 3")
    lakelet.ok("sql", "insert into 't' values (1000, 'even')")


def all_files(path):
    return sorted(os.path.relpath(os.path.join(folder, file), path) for folder, _, files in os.walk(path) for file in files)


def named(path):
    """What pyiceberg says that the table needs, relative to its folder."""
    table, files = pyiceberg_table(path), {os.path.relpath(metadata_file(path), path), "metadata/version-hint.text"}
    files |= {os.path.relpath(entry.metadata_file.removeprefix("file://"), path) for entry in table.metadata.metadata_log}
    for snapshot in table.snapshots():
        files.add(os.path.relpath(snapshot.manifest_list.removeprefix("file://"), path))
        for manifest in snapshot.manifests(table.io):
            files.add(os.path.relpath(manifest.manifest_path.removeprefix("file://"), path))
            files |= {os.path.relpath(entry.data_file.file_path.removeprefix("file://"), path)
                      for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True)}
    return sorted(files)


def read_everywhere(lakelet, path, expected, name="t"):
    assert_same_rows(lakelet.rows(f"from '{name}'"), expected)
    for reader in READERS.values():
        assert_same_rows(reader(path), expected)


@pytest.mark.parametrize("how", [(), ("--full", "--uncommitted", "0s")], ids=["log", "full"])
@pytest.mark.parametrize("mode", ["copy-on-write", "merge-on-read"])
@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_vacuum_leaves_what_snapshots_need(lakelet, tmp_path, version, mode, how):
    make(lakelet, version, **{"write.delete.mode": mode})
    expected = lakelet.rows("from 't'")
    files = all_files(tmp_path / "t")
    listed = [row["path"] for row in lakelet.json("vacuum", "t", *FORCE, *how, "--dry-run")]
    assert all_files(tmp_path / "t") == files
    lakelet.ok("vacuum", "t", *FORCE, *how)
    left = all_files(tmp_path / "t")
    assert listed and not set(listed) & set(left)
    assert left == named(tmp_path / "t")
    assert len(pyiceberg_table(tmp_path / "t").snapshots()) == 1
    read_everywhere(lakelet, tmp_path / "t", expected)
    assert lakelet.json("vacuum", "t", *FORCE, *how, "--dry-run") == []
    lakelet.ok("sql", "insert into 't' values (2000, 'odd')")
    assert len(lakelet.rows("from 't'")) == len(expected) + 1


def test_vacuum_keeps_by_age_and_by_name(lakelet, tmp_path):
    make(lakelet)
    snapshots = [snapshot.snapshot_id for snapshot in pyiceberg_table(tmp_path / "t").snapshots()]
    assert lakelet.json("vacuum", "t", "--dry-run") == []  # five days, if nobody says
    error = lakelet.run("vacuum", "t", "--retention", "1h")
    assert error.returncode != 0 and "--force" in error.stderr
    lakelet.ok("tag", "t", "first", "--at", f"v{snapshots[0]}")
    then = lakelet.rows("from 't@first'")
    lakelet.ok("vacuum", "t", *FORCE, "--full", "--uncommitted", "0s")
    assert {snapshot.snapshot_id for snapshot in pyiceberg_table(tmp_path / "t").snapshots()} == {snapshots[0], snapshots[2]}
    assert_same_rows(lakelet.rows("from 't@first'"), then)
    assert_same_rows(pyiceberg_table(tmp_path / "t").scan(snapshot_id=snapshots[0]).to_arrow(), then)
    error = lakelet.run("view", f"t@v{snapshots[1]}")
    assert error.returncode == 3 and "expired" in error.stderr
    lakelet.ok("tag", "t", "first", "--drop")
    lakelet.ok("vacuum", "t", *FORCE)
    assert all_files(tmp_path / "t") == named(tmp_path / "t")


def test_min_snapshots_to_keep(lakelet, tmp_path):
    make(lakelet, **{"history.expire.min-snapshots-to-keep": "2", "history.expire.max-snapshot-age-ms": "1"})
    lakelet.ok("vacuum", "t")
    assert len(pyiceberg_table(tmp_path / "t").snapshots()) == 2
    assert len(lakelet.json("history", "t")) == 2


def test_orphans_go_and_strangers_stay(lakelet, tmp_path):
    make(lakelet)
    table = tmp_path / "t"
    orphans = ["data/p=even/orphan.parquet", "metadata/orphan-m0.avro"]
    strangers = ["README.md", "_notes/a.parquet", "data/.hidden.parquet", "other/metadata/v1.metadata.json", "other/data/x.parquet"]
    for name in orphans + strangers:
        (table / name).parent.mkdir(parents=True, exist_ok=True)
        (table / name).write_bytes(b"x")
    later = f"metadata/v{int(os.path.basename(metadata_file(table)).split('.')[0][1:]) + 7}.metadata.json"
    (table / later).write_bytes(b"{}")
    assert lakelet.json("vacuum", "t", "--full", "--dry-run") == []  # too young
    listed = sorted(row["path"] for row in lakelet.json("vacuum", "t", "--full", "--retention", "0h", "--force", "--uncommitted", "0s", "--dry-run"))
    assert set(orphans) <= set(listed) and not set(strangers + [later]) & set(listed)
    lakelet.ok("vacuum", "t", "--full", "--retention", "0h", "--force", "--uncommitted", "0s")
    (table / later).unlink()
    assert set(strangers) <= set(all_files(table)) and not set(orphans) & set(all_files(table))


def test_what_vacuum_refuses(lakelet, tmp_path):
    make(lakelet, **{"gc.enabled": "false"})
    error = lakelet.run("vacuum", "t", *FORCE)
    assert error.returncode == 5 and "gc.enabled" in error.stderr
    lakelet.ok("alter", "t", "set-property", "gc.enabled=true")
    os.rename(tmp_path / "t", tmp_path / "moved")
    files = all_files(tmp_path / "moved")
    error = lakelet.run("vacuum", "moved", *FORCE)
    assert error.returncode == 5 and all_files(tmp_path / "moved") == files
    error = lakelet.run("vacuum", metadata_file(tmp_path / "moved"), *FORCE)
    assert error.returncode == 5 and all_files(tmp_path / "moved") == files


def manifests(path, table=None):
    table = table or pyiceberg_table(path)
    return table.current_snapshot().manifests(table.io)


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_small_manifests_are_merged(lakelet, tmp_path, version):
    make(lakelet, version, **{"commit.manifest.min-count-to-merge": "3", "write.delete.mode": "merge-on-read"})
    ids = {}
    for i in range(5):
        lakelet.ok("sql", f"insert into 't' values ({2000 + i}, 'even')")
        table = pyiceberg_table(tmp_path / "t")
        assert len([m for m in manifests(tmp_path / "t", table) if m.content == 0]) <= 3
        if version == "3":
            now = {row["id"]: row["_row_id"] for row in lakelet.rows("from lake_scan('t', row_ids => true)").to_pylist()}
            assert {id: now[id] for id in ids} == ids and len(set(now.values())) == len(now)
            ids = now
    read_everywhere(lakelet, tmp_path / "t", lakelet.rows("from 't'"))
    for snapshot in lakelet.json("history", "t"):
        lakelet.rows(f"from 't' at (version => {snapshot['version']})")
    lakelet.ok("sql", "delete from 't' where id = 2002")
    read_everywhere(lakelet, tmp_path / "t", lakelet.rows("from 't'"))


@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_manifests_are_written_again(lakelet, tmp_path, version):
    make(lakelet, version, **{"commit.manifest-merge.enabled": "false", "write.delete.mode": "merge-on-read"})
    for i in range(4):
        lakelet.ok("sql", f"insert into 't' values ({2000 + i}, 'odd')")
    lakelet.ok("sql", "delete from 't' where id in (5, 2001)")
    expected = lakelet.rows("from 't'")
    before = manifests(tmp_path / "t")
    assert lakelet.json("compact-log", "t", "--dry-run")
    lakelet.ok("compact-log", "t")
    after = manifests(tmp_path / "t")
    assert len(after) < len(before) and len([m for m in after if m.content == 0]) == 1
    read_everywhere(lakelet, tmp_path / "t", expected)
    summary = pyiceberg_table(tmp_path / "t").current_snapshot().summary
    assert summary.operation.value == "replace" and 2 <= int(summary["manifests-replaced"]) <= len(before)
    assert lakelet.json("compact-log", "t", "--dry-run") == []
    lakelet.ok("sql", "delete from 't' where id = 2002")
    read_everywhere(lakelet, tmp_path / "t", lakelet.rows("from 't'"))
    assert len(lakelet.rows("from 't'")) == len(expected) - 1


def test_metadata_files_are_cleaned_up(lakelet, tmp_path):
    make(lakelet, **{"write.metadata.previous-versions-max": "1"})
    assert len([name for name in all_files(tmp_path / "t") if name.endswith(".metadata.json")]) == 4
    lakelet.ok("clean-log", "t")
    assert [name for name in all_files(tmp_path / "t") if name.endswith(".metadata.json")] == ["metadata/v3.metadata.json", "metadata/v4.metadata.json"]
    read_everywhere(lakelet, tmp_path / "t", lakelet.rows("from 't'"))
    error = lakelet.run("checkpoint", "t")
    assert error.returncode == 5 and "checkpoints" in error.stderr


def test_codecs_that_nobody_has_are_refused_by_name(lakelet, tmp_path):
    error = lakelet.run("sql", "create table 'u' (id bigint) with (format = 'iceberg', \"write.metadata.compression-codec\" = 'lz4')")
    assert error.returncode == 5 and "lz4" in error.stderr and not (tmp_path / "u" / "metadata").exists()
    lakelet.ok("sql", "create table 't' (id bigint) with (format = 'iceberg')")
    lakelet.ok("sql", "insert into 't' values (1)")
    (manifests,) = (tmp_path / "t" / "metadata").glob("snap-*.avro")
    text = manifests.read_bytes()
    assert text.count(b"deflate") == 1
    manifests.write_bytes(text.replace(b"deflate", b"lz4-xyz"))
    error = lakelet.run("view", "t")
    assert error.returncode == 5 and "lz4-xyz" in error.stderr and manifests.name in error.stderr
    for begin, codec in ((b"\x28\xb5\x2f\xfd", "zstd"), (b"\x04\x22\x4d\x18", "LZ4")):
        (tmp_path / "t" / "metadata" / "v2.metadata.json").write_bytes(begin + b"\x00" * 40)
        error = lakelet.run("schema", "t")
        assert error.returncode == 5 and codec in error.stderr


def test_statistics_files_stay_with_their_snapshot(lakelet, tmp_path):
    make(lakelet)
    table = tmp_path / "t"
    path = metadata_file(table)
    with open(path) as file:
        metadata = json.load(file)
    first, last = metadata["snapshots"][0]["snapshot-id"], metadata["current-snapshot-id"]
    entries = [{"snapshot-id": id, "statistics-path": f"file://{table}/metadata/{name}.stats", "file-size-in-bytes": 1,
                "file-footer-size-in-bytes": 1, "blob-metadata": []} for id, name in ((first, "old"), (last, "new"))]
    metadata["statistics"] = entries
    with open(path, "w") as file:
        json.dump(metadata, file)
    for name in ("old", "new"):
        (table / "metadata" / f"{name}.stats").write_bytes(b"x")
    lakelet.ok("vacuum", "t", *FORCE)
    assert not (table / "metadata" / "old.stats").exists() and (table / "metadata" / "new.stats").exists()
    assert [entry.snapshot_id for entry in pyiceberg_table(table).metadata.statistics] == [last]


def test_paths_are_compared_as_they_are_opened(lakelet, tmp_path):
    """A file that pyiceberg was given by another spelling of its name is the table's; so is one that an older snapshot called otherwise."""
    catalog = SqlCatalog("default", uri=f"sqlite:///{tmp_path}/cat.db", warehouse=f"file://{tmp_path}/w")
    catalog.create_namespace("ns")
    table = catalog.create_table("ns.t", pa.schema([("id", pa.int64())]))
    data = tmp_path / "w" / "ns" / "t" / "data"
    data.mkdir(parents=True, exist_ok=True)
    (tmp_path / "w" / "alias").symlink_to("ns")
    spellings = {"a.parquet": "ns/t/data//a.parquet", "b.parquet": "ns/t/./data/b.parquet", "c.parquet": "ns/t/data/../data/c.parquet",
                 "d%20e.parquet": "ns/t/data/d%20e.parquet", "f.parquet": "ns//t/data/f.parquet", "g.parquet": "alias/t/data/g.parquet"}
    for i, (name, spelling) in enumerate(spellings.items()):
        pq.write_table(pa.table({"id": pa.array([i], pa.int64())}), data / name)
        table.add_files([f"file://{tmp_path}/w/{spelling}"])
    (data / "orphan.parquet").write_bytes(b"x")
    (data / "d e.parquet").write_bytes(b"may be the one that is meant")
    for name in os.listdir(data):
        os.utime(data / name, (10**9, 10**9))
    for i in range(2):
        table.append(pa.table({"id": pa.array([10 + i], pa.int64())}))
    reference = f"sqlite:///{tmp_path}/cat.db#ns.t"
    expected = sorted(table.scan().to_arrow()["id"].to_pylist())
    lakelet.ok("vacuum", reference, "--full", *FORCE, "--uncommitted", "0h")
    assert set(spellings) | {"d e.parquet"} <= set(os.listdir(data)) and "orphan.parquet" not in os.listdir(data)
    assert sorted(catalog.load_table("ns.t").scan().to_arrow()["id"].to_pylist()) == expected


# For ever is a usual way to say that snapshots don't go; in microseconds it is more than there are.
@pytest.mark.parametrize("age", [2**63 - 1, (2**63 - 1) // 1000 + 1, (2**63 - 1) // 1000])
@pytest.mark.parametrize("full", [(), ("--full", "--uncommitted", "0s")], ids=["log", "full"])
def test_an_age_that_is_never_reached(lakelet, tmp_path, age, full):
    make(lakelet, **{"history.expire.max-snapshot-age-ms": str(age), "history.expire.max-ref-age-ms": str(age)})
    files = all_files(tmp_path / "t")
    lakelet.ok("vacuum", "t", *full)
    for retention in ["0h", "99999d"]:
        assert "--force" in lakelet.run("vacuum", "t", *full, "--retention", retention).stderr
    assert all_files(tmp_path / "t") == files
    lakelet.ok("tag", "t", "first")
    lakelet.ok("alter", "t", "unset-property", "history.expire.max-ref-age-ms")
    lakelet.ok("vacuum", "t", *full, *FORCE)
    assert len(pyiceberg_table(tmp_path / "t").snapshots()) == 1


def test_names_that_are_too_old_go_where_no_file_does(lakelet, tmp_path):
    make(lakelet)
    newest = f"v{pyiceberg_table(tmp_path / 't').current_snapshot().snapshot_id}"
    lakelet.ok("tag", "t", "short", "--at", newest, "--retain", "1s")
    lakelet.ok("tag", "t", "long", "--at", newest, "--retain", "1d")
    written = pyiceberg_table(tmp_path / "t").current_snapshot().timestamp_ms / 1000
    while time.time() - written < 1.1:
        time.sleep(0.05)
    files = all_files(tmp_path / "t")
    assert lakelet.json("vacuum", "t", "--dry-run") == []
    assert {"short", "long"} <= set(pyiceberg_table(tmp_path / "t").refs())
    lakelet.ok("vacuum", "t")
    assert set(pyiceberg_table(tmp_path / "t").refs()) == {"main", "long"}
    assert set(files) <= set(all_files(tmp_path / "t"))
    now = metadata_file(tmp_path / "t")
    lakelet.ok("vacuum", "t")
    assert metadata_file(tmp_path / "t") == now


def test_a_property_that_is_no_number_is_told(lakelet, tmp_path):
    make(lakelet, **{"history.expire.max-snapshot-age-ms": "soon", "commit.manifest.min-count-to-merge": "3"})
    (finding,) = [each for each in lakelet.json("doctor", "t")["findings"] if each["check"] == "property"]
    assert "'soon'" in finding["finding"] and "unset-property" in finding["remedy"] and finding["severity"] == "warning"
    error = lakelet.run("vacuum", "t")
    assert error.returncode == 2 and "unset-property" in error.stderr
    lakelet.ok("alter", "t", "unset-property", "history.expire.max-snapshot-age-ms")
    error = lakelet.run("alter", "t", "set-property", "commit.manifest.min-count-to-merge=some")
    assert error.returncode == 2 and "unset-property" in error.stderr
    assert not [each for each in lakelet.json("doctor", "t")["findings"] if each["check"] == "property"]


def test_the_newest_delete_manifest_is_the_first(lakelet, tmp_path):
    """Merging takes the first of a kind for the newest, which fewer than min-count-to-merge others don't take along."""
    make(lakelet, **{"write.delete.mode": "merge-on-read", "commit.manifest.min-count-to-merge": "100"})
    for id in [20, 22, 24]:
        lakelet.ok("sql", f"delete from 't' where id = {id}")
        numbers = [m.sequence_number for m in manifests(tmp_path / "t") if m.content == 1]
        assert len(numbers) > 1 and numbers == sorted(numbers, reverse=True)
    assert len(lakelet.rows("from 't'")) == len(pyiceberg_table(tmp_path / "t").scan().to_arrow())


def test_orphans_are_three_days_old_whatever_snapshots_are(lakelet, tmp_path):
    """A writer may be longer at work than snapshots stay."""
    make(lakelet, **{"history.expire.max-snapshot-age-ms": "1000"})
    names = {hours: tmp_path / "t" / "data" / f"orphan{hours}.parquet" for hours in [2, 71, 73]}
    for hours, path in names.items():
        path.write_bytes(b"x")
        os.utime(path, (time.time() - hours * 3600,) * 2)

    def listed(*how):
        paths = [os.path.basename(row["path"]) for row in lakelet.json("vacuum", "t", "--full", "--dry-run", *how)]
        return {hours for hours, path in names.items() if path.name in paths}

    assert listed() == listed("--retention", "1h") == {73}
    assert listed("--uncommitted", "1h") == listed("--retention", "0h", "--force") == {2, 71, 73}
    assert listed("--uncommitted", "80h") == listed("--uncommitted", "80h", "--force") == set()
    lakelet.ok("vacuum", "t", "--full")
    assert {hours for hours, path in names.items() if path.exists()} == {2, 71}
