"""Iceberg tables whose delete files compact-log put together: pyiceberg and DuckDB's extension read the same rows, and no deletes are lost or come over others."""

import collections
import json
import os
import random
import threading
import uuid

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from iceberg_readers import READERS, metadata_file, pyiceberg_table
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat, ManifestContent, ManifestEntry, ManifestEntryStatus, ManifestWriterV2, write_manifest_list
from pyiceberg.typedef import Record
from readers import assert_same_rows

CONFLICT = 7  # the exit code
MERGE_ON_READ = {"write.delete.mode": "merge-on-read", "write.update.mode": "merge-on-read", "write.merge.mode": "merge-on-read"}


def create(lakelet, version="2", by="p", **properties):
    options = {"format": "iceberg", "format-version": version, **MERGE_ON_READ, **properties}
    text = ", ".join(f"\"{key}\" = '{value}'" for key, value in options.items())
    lakelet.ok("sql", f"create table 't' (id bigint, p varchar) {f'partitioned by ({by})' if by else ''} with ({text})")


def fill(lakelet, files=4):
    """Files of both partitions, each under deletes of its own."""
    for i in range(files):
        lakelet.ok("sql", f"insert into 't' select i, case i % 2 when 0 then 'even' else 'odd' end from range({100 * i}, {100 * i + 100}) r(i)")
        lakelet.ok("sql", f"delete from 't' where id in ({100 * i + 5}, {100 * i + 6}, {100 * i + 50})")


def entries(path, content=None):
    table = pyiceberg_table(path)
    found = [entry for manifest in table.current_snapshot().manifests(table.io) for entry in manifest.fetch_manifest_entry(table.io)]
    return [entry for entry in found if (entry.data_file.content != DataFileContent.DATA if content is None else entry.data_file.content == content)]


def read_everywhere(lakelet, path, expected):
    assert_same_rows(lakelet.rows("from 't'"), expected)
    for reader in READERS.values():
        assert_same_rows(reader(path), expected)


def local(path):
    return path.removeprefix("file://")


def total(path, key):
    return int(pyiceberg_table(path).current_snapshot().summary[key])


def check_totals(path):
    deletes = entries(path)
    assert total(path, "total-delete-files") == len(deletes)
    assert total(path, "total-position-deletes") == sum(entry.data_file.record_count for entry in deletes if entry.data_file.content == DataFileContent.POSITION_DELETES)


@pytest.mark.parametrize("by", [None, "p"])
def test_position_deletes_become_a_file_of_their_partition(lakelet, tmp_path, by):
    create(lakelet, by=by)
    fill(lakelet)
    expected, before = lakelet.rows("from 't'"), entries(tmp_path / "t")
    versions = {row["version"]: lakelet.rows(f"from 't' at (version => {row['version']})") for row in lakelet.json("history", "t")}
    listed = lakelet.json("compact-log", "t", "--dry-run")
    assert "data/<uuid>-deletes.parquet" in [row["file"] for row in listed]
    assert len(entries(tmp_path / "t")) == len(before) == (8 if by else 4)
    report = lakelet.json("compact-log", "t")
    after = entries(tmp_path / "t")
    assert len(after) == (2 if by else 1) and sum(name.endswith("-deletes.parquet") for name in report["files_written"]) == len(after)
    read_everywhere(lakelet, tmp_path / "t", expected)
    check_totals(tmp_path / "t")
    summary = pyiceberg_table(tmp_path / "t").current_snapshot().summary
    assert summary.operation.value == "replace" and int(summary["removed-delete-files"]) == len(before) and int(summary["added-delete-files"]) == len(after)
    numbers = collections.defaultdict(list)
    for entry in before:
        numbers[str(entry.data_file.partition)].append(entry.sequence_number)
    for entry in after:
        assert entry.sequence_number == max(numbers[str(entry.data_file.partition)])
        rows = pq.read_table(local(entry.data_file.file_path)).to_pylist()
        keys = [(row["file_path"].encode(), row["pos"]) for row in rows]
        assert keys == sorted(set(keys)) and len(rows) == entry.data_file.record_count and len({path for path, _ in keys}) == 4
    for version, rows in versions.items():
        assert_same_rows(lakelet.rows(f"from 't' at (version => {version})"), rows)
        assert_same_rows(READERS["pyiceberg"](tmp_path / "t", version), rows)
    assert lakelet.json("compact-log", "t", "--dry-run") == []
    # Rows of later files stay, and later deletes come beside what was put together.
    lakelet.ok("sql", "insert into 't' select i, 'odd' from range(1000, 1010) r(i); delete from 't' where id in (7, 107, 1003)")
    assert len(lakelet.rows("from 't'")) == len(expected) + 7
    read_everywhere(lakelet, tmp_path / "t", lakelet.rows("from 't'"))
    lakelet.ok("compact-log", "t")
    read_everywhere(lakelet, tmp_path / "t", lakelet.rows("from 't'"))
    assert len(lakelet.rows("from 't'")) == len(expected) + 7
    check_totals(tmp_path / "t")


def test_deletes_of_one_file_name_it(lakelet, tmp_path):
    create(lakelet, by=None)
    lakelet.ok("sql", "insert into 't' select i, 'x' from range(100) r(i); delete from 't' where id < 10")
    (first,) = entries(tmp_path / "t")
    # As Spark adds them: beside those that are there.
    add_deletes(tmp_path / "t", position_deletes(tmp_path / "t", [50, 51]))
    assert len(entries(tmp_path / "t")) == 2
    lakelet.ok("compact-log", "t")
    (after,) = entries(tmp_path / "t")
    bounds = after.data_file
    assert bounds.lower_bounds[2147483546] == bounds.upper_bounds[2147483546] == first.data_file.lower_bounds[2147483546]
    assert after.data_file.record_count == 12 and after.sequence_number > first.sequence_number
    read_everywhere(lakelet, tmp_path / "t", lakelet.rows("from range(100) r(id) select id::bigint as id, 'x' as p where id >= 10 and id not in (50, 51)"))


def test_deletes_without_a_file_go(lakelet, tmp_path):
    create(lakelet)
    fill(lakelet)
    lakelet.ok("compact-log", "t")
    assert len(entries(tmp_path / "t")) == 2
    lakelet.ok("sql", "insert into 't' values (7777, 'odd')")
    expected = lakelet.rows("from 't'")
    lakelet.ok("optimize", "t", "--where", "p = 'odd'")  # its data files are other ones now
    assert len(entries(tmp_path / "t")) == 2
    report = lakelet.json("compact-log", "t")
    assert total(tmp_path / "t", "removed-delete-files") == 1 and not [name for name in report["files_written"] if "deletes" in name]
    (left,) = entries(tmp_path / "t")
    assert "even" in str(left.data_file.partition)
    read_everywhere(lakelet, tmp_path / "t", expected)
    check_totals(tmp_path / "t")


def test_files_are_of_a_bounded_size(lakelet, tmp_path):
    create(lakelet, by=None, **{"write.delete.target-file-size-bytes": "2000"})
    fill(lakelet, 12)
    expected, before = lakelet.rows("from 't'"), entries(tmp_path / "t")
    lakelet.ok("compact-log", "t")
    after = entries(tmp_path / "t")
    assert 1 < len(after) < len(before) and max(entry.data_file.file_size_in_bytes for entry in after) <= 4000
    read_everywhere(lakelet, tmp_path / "t", expected)
    lakelet.ok("alter", "t", "set-property", "write.delete.target-file-size-bytes=64MB")
    error = lakelet.run("compact-log", "t")
    assert error.returncode == 2 and "64MB" in error.stderr and len(entries(tmp_path / "t")) == len(after)


def test_vectors_come_into_one_file(lakelet, tmp_path):
    create(lakelet, "3")
    fill(lakelet)
    ids = lakelet.rows("select id, _row_id from lake_scan('t', row_ids => true)")
    expected, before = lakelet.rows("from 't'"), entries(tmp_path / "t")
    assert len({entry.data_file.file_path for entry in before}) == 4
    lakelet.ok("compact-log", "t")
    after = entries(tmp_path / "t")
    assert len({entry.data_file.file_path for entry in after}) == 1
    assert sorted(entry.sequence_number for entry in after) == sorted(entry.sequence_number for entry in before)
    read_everywhere(lakelet, tmp_path / "t", expected)
    assert_same_rows(lakelet.rows("select id, _row_id from lake_scan('t', row_ids => true)"), ids)
    check_totals(tmp_path / "t")
    assert total(tmp_path / "t", "added-dvs") == total(tmp_path / "t", "removed-dvs") == 8
    assert lakelet.json("compact-log", "t", "--dry-run") == []
    lakelet.ok("sql", "delete from 't' where id in (7, 8, 107)")
    assert len(lakelet.rows("from 't'")) == len(expected) - 3
    read_everywhere(lakelet, tmp_path / "t", lakelet.rows("from 't'"))


def test_position_deletes_of_version_2_become_vectors(lakelet, tmp_path):
    create(lakelet)
    fill(lakelet, 3)
    lakelet.ok("compact-log", "t")  # files of several data files each
    lakelet.ok("sql", "insert into 't' select i, 'odd' from range(1000, 1010) r(i); delete from 't' where id in (1, 1003)")
    lakelet.ok("alter", "t", "set-property", "format-version=3")
    lakelet.ok("sql", "delete from 't' where id in (3, 4)")  # in vectors, beside what they take over
    expected = lakelet.rows("from 't'")
    assert {entry.data_file.file_format for entry in entries(tmp_path / "t")} == {FileFormat.PARQUET, FileFormat.PUFFIN}
    lakelet.ok("compact-log", "t")
    after = entries(tmp_path / "t")
    assert {entry.data_file.file_format for entry in after} == {FileFormat.PUFFIN} and len({entry.data_file.file_path for entry in after}) == 1
    read_everywhere(lakelet, tmp_path / "t", expected)
    check_totals(tmp_path / "t")
    assert lakelet.json("compact-log", "t", "--dry-run") == []
    lakelet.ok("sql", "delete from 't' where id = 103; update 't' set p = 'even' where id = 105")
    lakelet.ok("compact-log", "t")
    read_everywhere(lakelet, tmp_path / "t", lakelet.rows("from 't'"))


class DeleteManifest(ManifestWriterV2):
    def content(self):
        return ManifestContent.DELETES

    @property
    def _meta(self):
        return {**super()._meta, "content": "deletes"}


def delete_schema(columns):
    return pa.schema([pa.field(name, kind, nullable=False, metadata={"PARQUET:field_id": str(id)}) for name, kind, id in columns])


def position_deletes(path, rows):
    (data,) = entries(path, DataFileContent.DATA)
    schema = delete_schema([("file_path", pa.string(), 2147483546), ("pos", pa.int64(), 2147483545)])
    table = pa.table([[data.data_file.file_path] * len(rows), rows], schema=schema)
    return table, dict(content=DataFileContent.POSITION_DELETES, equality_ids=None, partition=Record())


def equality_deletes(ids, partition):
    table = pa.table([ids], schema=delete_schema([("id", pa.int64(), 1)]))
    return table, dict(content=DataFileContent.EQUALITY_DELETES, equality_ids=[1], partition=partition)


def add_deletes(path, deletes):
    """A commit of another engine that adds a delete file (version 2) to a table whose folder arbitrates."""
    rows, told = deletes
    table = pyiceberg_table(path)
    file = f"{path}/data/{uuid.uuid4()}-deletes.parquet"
    pq.write_table(rows, file)
    snapshot_id, parent, metadata = random.getrandbits(62), table.current_snapshot(), json.load(open(metadata_file(path)))
    sequence = metadata["last-sequence-number"] + 1
    io = PyArrowFileIO()
    added = DataFile.from_args(_table_format_version=2, file_path=f"file://{file}", file_format=FileFormat.PARQUET, record_count=len(rows),
                               file_size_in_bytes=os.path.getsize(file), sort_order_id=None, spec_id=table.spec().spec_id, key_metadata=None, split_offsets=None, **told)
    with DeleteManifest(table.spec(), table.schema(), io.new_output(f"file://{path}/metadata/{uuid.uuid4()}-m0.avro"), snapshot_id, "null") as writer:
        writer.add_entry(ManifestEntry.from_args(status=ManifestEntryStatus.ADDED, snapshot_id=snapshot_id, sequence_number=None, data_file=added))
    manifest, listing = writer.to_manifest_file(), f"file://{path}/metadata/snap-{snapshot_id}.avro"
    with write_manifest_list(2, io.new_output(listing), snapshot_id, parent.snapshot_id, sequence, "null") as lists:
        lists.add_manifests([manifest, *parent.manifests(table.io)])
    now = metadata["last-updated-ms"] + 1
    metadata["snapshots"].append({"snapshot-id": snapshot_id, "parent-snapshot-id": parent.snapshot_id, "sequence-number": sequence, "timestamp-ms": now,
                                  "manifest-list": listing, "schema-id": metadata["current-schema-id"], "summary": {"operation": "delete"}})
    metadata.update({"last-sequence-number": sequence, "last-updated-ms": now, "current-snapshot-id": snapshot_id})
    metadata["refs"]["main"]["snapshot-id"] = snapshot_id
    metadata["snapshot-log"].append({"snapshot-id": snapshot_id, "timestamp-ms": now})
    number = int(os.path.basename(metadata_file(path)).split(".")[0][1:]) + 1
    with open(f"{path}/metadata/v{number}.metadata.json", "w") as out:
        json.dump(metadata, out)


@pytest.mark.parametrize("by", [None, "p"])
def test_equality_deletes_stay_while_they_are_needed(lakelet, tmp_path, by):
    """pyiceberg doesn't read them: the rows are those of the specification."""
    create(lakelet, by=by)
    lakelet.ok("sql", "insert into 't' select i, case i % 2 when 0 then 'even' else 'odd' end from range(100) r(i)")
    add_deletes(tmp_path / "t", equality_deletes([10, 12, 13], Record("even") if by else Record()))
    lakelet.ok("sql", "insert into 't' values (10, 'even'), (11, 'odd')")  # younger than the deletes: they stay
    lakelet.ok("sql", "delete from 't' where id = 14; delete from 't' where id = 20")
    expected = sorted(set(range(100)) - ({10, 12, 14, 20} if by else {10, 12, 13, 14, 20})) + [10, 11]
    ids = lambda: sorted(lakelet.rows("from 't'")["id"].to_pylist())
    assert ids() == sorted(expected)
    lakelet.ok("compact-log", "t")
    assert ids() == sorted(expected) and len(entries(tmp_path / "t", DataFileContent.EQUALITY_DELETES)) == 1
    lakelet.ok("compact-log", "t")
    assert ids() == sorted(expected) and len(entries(tmp_path / "t", DataFileContent.EQUALITY_DELETES)) == 1
    # Once all data files are younger, nothing is under them.
    lakelet.ok("sql", "create temp table kept as from 't'; create or replace table 't' with (format = 'iceberg') as from kept")
    assert len(entries(tmp_path / "t", DataFileContent.EQUALITY_DELETES)) == 1
    lakelet.ok("compact-log", "t")
    assert ids() == sorted(expected) and entries(tmp_path / "t") == []
    assert_same_rows(READERS["pyiceberg"](tmp_path / "t"), lakelet.rows("from 't'"))


@pytest.mark.parametrize("version", ["2", "3"])
def test_compactions_beside_merges_and_appends(lakelet, tmp_path, version):
    """No row is lost or comes back, whoever commits first; a plain table that was changed the same way is the measure."""
    create(lakelet, version)
    start = "select i as id, case i % 2 when 0 then 'even' else 'odd' end as p from range(400) r(i)"
    lakelet.ok("sql", f"insert into 't' {start}")
    plain = duckdb.connect()
    plain.execute(f"create table t as {start}")
    source = lambda i: f"(select r.i as id, 'odd' as p from range({10 * i}, {10 * i + 5}) r(i)) s"
    merges = [f"merge into {{}} as t using {source(i)} on t.id = s.id when matched and s.id % 5 = 0 then delete when matched then update set p = s.p "
              f"when not matched then insert values (s.id, s.p)" for i in range(0, 40, 4)]
    appends = [f"insert into {{}} values ({1000 + i}, 'even'), ({2000 + i}, 'odd')" for i in range(10)]
    failures, working = [], threading.Event()

    def write(statements):
        for statement in statements:
            while True:
                done = lakelet.run("sql", statement.format("'t'"))
                if done.returncode == 0:
                    break
                if done.returncode != CONFLICT:
                    return failures.append(done.stderr)

    def compact():
        while not working.is_set():
            done = lakelet.run("compact-log", "t")
            if done.returncode not in (0, CONFLICT):
                return failures.append(done.stderr)

    writers = [threading.Thread(target=write, args=(each,)) for each in (merges, appends)]
    upkeep = threading.Thread(target=compact)
    for thread in [*writers, upkeep]:
        thread.start()
    for thread in writers:
        thread.join()
    working.set()
    upkeep.join()
    assert not failures
    for statement in merges + appends:
        plain.execute(statement.format("t"))
    lakelet.ok("compact-log", "t")
    read_everywhere(lakelet, tmp_path / "t", plain.execute("from t").to_arrow_table())
    assert lakelet.json("compact-log", "t", "--dry-run") == []
    operations = [row["operation"] for row in lakelet.json("history", "t")]
    assert operations.count("replace") > 0 and operations.count("append") >= 10
    for row in lakelet.json("history", "t"):
        lakelet.rows(f"select count(*) from 't' at (version => {row['version']})")
