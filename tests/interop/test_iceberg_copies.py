"""Clones of Iceberg tables, and files of other writers that enter them, read by the other engines."""

import json
import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from iceberg_readers import duckdb_rows, metadata_file, pyiceberg_rows, pyiceberg_table
from readers import assert_same_rows


def metadata(path):
    with open(metadata_file(path)) as text:
        return json.load(text)


def assert_read(lakelet, path, expected):
    assert_same_rows(lakelet.rows(f"from '{path.name}'"), expected, "lakelet")
    assert_same_rows(pyiceberg_rows(path), expected, "pyiceberg")
    assert_same_rows(duckdb_rows(path), expected, "duckdb")


def parquet_files(path):
    return sorted(file.name for file in path.rglob("*.parquet"))


def make(lakelet, name, version, *options):
    lakelet.ok("create", name, "--as", "iceberg", "--schema", "id bigint not null, city string, old double",
               "--partition-by", "city", "--description", "of the tests", "--property", f"format-version={version}", *options)
    lakelet.ok("sql", f"insert into '{name}' select i, case i % 3 when 0 then null else 'Zürich ' || i % 3 end, i / 4 from range(300) r(i)")
    lakelet.ok("alter", name, "rename-column", "old", "v")
    lakelet.ok("sql", f"insert into '{name}' values (1000, 'Oslo', NULL)")


@pytest.mark.parametrize("version", ["1", "2", "3"])
@pytest.mark.parametrize("kind", ["deep", "shallow"])
def test_a_clone_is_a_table_of_its_own(lakelet, tmp_path, kind, version):
    changes = () if version == "1" else ("--property", "write.delete.mode=merge-on-read")
    make(lakelet, "t", version, *changes)
    lakelet.ok("delete", "t", "--where", "id % 7 = 2")
    expected, before = lakelet.rows("from 't'"), parquet_files(tmp_path / "t")
    report = lakelet.json("clone", "t", "c", *(["--shallow"] if kind == "shallow" else []))
    assert report["copied_files"] == (0 if kind == "shallow" else report["files"]) and report["files"] > 0
    clone = tmp_path / "c"
    assert_read(lakelet, clone, expected)
    ours, theirs = metadata(clone), metadata(tmp_path / "t")
    assert ours["table-uuid"] != theirs["table-uuid"] and ours["location"] == f"file://{clone}"
    assert len(ours["snapshots"]) == 1 and str(tmp_path / "t") in ours["snapshots"][0]["summary"]["clone-source"]
    for same in ("schemas", "current-schema-id", "partition-specs", "default-spec-id", "last-column-id", "format-version"):
        assert ours[same] == theirs[same], same
    assert pyiceberg_rows(clone).num_rows == len(expected)
    pruned = pyiceberg_table(clone).scan("city = 'Zürich 1'").to_arrow()
    assert_same_rows(pruned, lakelet.rows("from 't' where city = 'Zürich 1'"))
    # A change of the one isn't seen in the other.
    lakelet.ok("update", "c", "--set", "v = -1", "--where", "id < 50")
    assert_read(lakelet, clone, lakelet.rows("from 'c'"))
    assert_same_rows(lakelet.rows("from 't'"), expected)
    assert parquet_files(tmp_path / "t") == before
    if kind == "deep":
        shutil.rmtree(tmp_path / "t")
        assert lakelet.rows("select count(*) as n from 'c'").to_pylist() == [{"n": len(expected)}]


def test_a_vacuum_of_a_shallow_clone_leaves_the_files_of_the_other(lakelet, tmp_path):
    make(lakelet, "t", "2")
    before = parquet_files(tmp_path / "t")
    expected = lakelet.rows("from 't'")
    lakelet.ok("clone", "t", "c", "--shallow")
    assert "gc.enabled" in lakelet.fails(5, "vacuum", "c", "--retention", "0h", "--force")
    lakelet.ok("update", "c", "--set", "v = v + 1", "--where", "true")  # now the clone needs none of them
    lakelet.ok("alter", "c", "set-property", "gc.enabled=true")
    lakelet.ok("vacuum", "c", "--retention", "0h", "--force", "--full")
    assert len(metadata(tmp_path / "c")["snapshots"]) == 1
    assert parquet_files(tmp_path / "t") == before
    assert_read(lakelet, tmp_path / "t", expected)
    assert_read(lakelet, tmp_path / "c", lakelet.rows("from 'c'"))


def test_a_clone_of_a_snapshot_has_the_columns_of_its_time(lakelet, tmp_path):
    make(lakelet, "t", "2")
    first = metadata(tmp_path / "t")["snapshots"][0]["snapshot-id"]
    lakelet.ok("clone", f"t@{first}", "c", "--shallow")
    rows = lakelet.rows("from 'c'")
    assert rows.column_names == ["id", "city", "old"] and len(rows) == 300
    assert_read(lakelet, tmp_path / "c", rows)


def test_row_ids_of_a_clone_are_not_given_twice(lakelet, tmp_path):
    make(lakelet, "t", "3")
    lakelet.ok("update", "t", "--set", "v = 7", "--where", "id < 20")  # files now keep ids of rows
    lakelet.ok("clone", "t", "c", "--shallow")
    lakelet.ok("sql", "insert into 'c' values (2000, 'Bern', 1)")
    ids = lakelet.rows("select _row_id from lake_scan('c', row_ids => true)").column(0).to_pylist()
    assert len(ids) == 302 and None not in ids and len(set(ids)) == len(ids)


def test_where_a_clone_cannot_be(lakelet, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x.txt").write_text("x")
    make(lakelet, "t", "2")
    assert "isn't empty" in lakelet.fails(2, "clone", "t", "full", "--shallow")
    assert "in one another" in lakelet.fails(2, "clone", "t", "t/inside")
    lakelet.ok("create", "other", "--schema", "i int")
    lakelet.fails(4, "clone", "t", "other")


def test_files_without_ids_enter_a_table(lakelet, tmp_path):
    lakelet.ok("create", "t", "--as", "iceberg", "--schema", "id bigint, name string, deep struct<a: int, b: array<string>>")
    lakelet.ok("sql", "insert into 't' values (1, 'ours', {'a': 1, 'b': ['x', NULL]})")
    os.makedirs(tmp_path / "files")
    for i in range(2):
        pq.write_table(pa.table({"id": pa.array([i * 10, None], pa.int64()), "name": [None, f"theirs {i}"],
                                 "deep": pa.array([{"a": None, "b": ["y"]}, None], pa.struct([("a", pa.int32()), ("b", pa.list_(pa.string()))]))}),
                       tmp_path / "files" / f"{i}.parquet")
    paths = [f"files/{i}.parquet" for i in range(2)]
    told = lakelet.run("add-files", "t", *paths, "--dry-run").stderr
    assert "would add 2 files" in told and "4 rows" in told
    report = lakelet.json("add-files", "t", *paths)
    assert report["files"] == 2 and report["rows"] == 4
    rows = lakelet.rows("from 't'")
    assert len(rows) == 5 and sorted(filter(None, rows.column("name").to_pylist())) == ["ours", "theirs 0", "theirs 1"]
    assert_read(lakelet, tmp_path / "t", rows)
    assert parquet_files(tmp_path / "files") == ["0.parquet", "1.parquet"]
    mapping = json.loads(metadata(tmp_path / "t")["properties"]["schema.name-mapping.default"])
    assert [each["names"] for each in mapping] == [["id"], ["name"], ["deep"]]
    assert lakelet.rows("select name from 't' where id = 10").to_pylist() == [{"name": None}]
    # The same files aren't added twice, and more of them go by the mapping that is there.
    lakelet.fails(4, "add-files", "t", paths[0])
    pq.write_table(pa.table({"id": pa.array([77], pa.int64())}), tmp_path / "files" / "more.parquet")
    lakelet.ok("sql", f"call lake_add_files('t', ['{tmp_path}/files/more.parquet'])")
    assert_read(lakelet, tmp_path / "t", lakelet.rows("from 't'"))
    # A column that the mapping doesn't know isn't found by its name in files without ids.
    lakelet.ok("alter", "t", "add-column", "late", "double")
    pq.write_table(pa.table({"late": [1.5]}), tmp_path / "files" / "late.parquet")
    assert "name mapping" in lakelet.fails(5, "add-files", "t", "files/late.parquet")


def test_files_of_partitions_enter_a_table(lakelet, tmp_path):
    lakelet.ok("create", "t", "--as", "iceberg", "--schema", "id bigint, city string, day date", "--partition-by", "city,day")
    for city in ("Oslo", "Bern"):
        os.makedirs(tmp_path / "x" / f"city={city}" / "day=2025-01-31")
        pq.write_table(pa.table({"id": pa.array([1, 2], pa.int64())}), tmp_path / "x" / f"city={city}" / "day=2025-01-31" / "f.parquet")
    lakelet.ok("add-files", "t", "x/city=Oslo/day=2025-01-31/f.parquet", "x/city=Bern/day=2025-01-31/f.parquet")
    lakelet.ok("sql", "--quiet", "--output", "whole.parquet", "select 5::bigint as id, 'Rome' as city, date '2025-02-01' as day")
    lakelet.ok("add-files", "t", "whole.parquet")
    rows = lakelet.rows("from 't'")
    assert {(r["id"], r["city"]) for r in rows.to_pylist()} == {(1, "Oslo"), (2, "Oslo"), (1, "Bern"), (2, "Bern"), (5, "Rome")}
    assert_read(lakelet, tmp_path / "t", rows)
    assert_same_rows(pyiceberg_table(tmp_path / "t").scan("city = 'Bern'").to_arrow(), lakelet.rows("from 't' where city = 'Bern'"))
    lakelet.ok("sql", "--quiet", "--output", "mixed.parquet", "select i as id, 'c' || i as city, date '2025-02-01' as day from range(2) r(i)")
    assert "several values" in lakelet.fails(2, "add-files", "t", "mixed.parquet")
    assert "another value" in lakelet.fails(2, "add-files", "t", "whole.parquet", "--partition", "city=Bern", "--partition", "day=2025-02-01")


def test_files_that_do_not_fit_are_refused(lakelet, tmp_path):
    lakelet.ok("create", "t", "--as", "iceberg", "--schema", "id bigint not null, v int")
    lakelet.ok("create", "b", "--as", "iceberg", "--schema", "id bigint", "--partition-by", "bucket(4, id)")

    def refused(code, table, **columns):
        pq.write_table(pa.table(columns), tmp_path / "f.parquet")
        return lakelet.fails(code, "add-files", table, "f.parquet")

    assert "NULL" in refused(8, "t", id=pa.array([1, None], pa.int64()))
    refused(2, "t", id=pa.array(["x"]))
    refused(2, "t", id=pa.array([1], pa.int64()), more=pa.array([1]))
    assert "id_bucket" in refused(5, "b", id=pa.array([1], pa.int64()))
    with_ids = pa.schema([pa.field("id", pa.int64(), metadata={"PARQUET:field_id": "9"})])
    pq.write_table(pa.table({"id": [1]}).cast(with_ids), tmp_path / "f.parquet")
    assert "the id 9" in lakelet.fails(5, "add-files", "t", "f.parquet")
    lakelet.fails(3, "add-files", "t", "nowhere.parquet")
    assert len(lakelet.rows("from 't'")) == 0
    own_ids = pa.schema([pa.field("id", pa.int64(), nullable=False, metadata={"PARQUET:field_id": "1"})])
    pq.write_table(pa.table({"id": [1]}).cast(own_ids), tmp_path / "f.parquet")
    lakelet.ok("add-files", "t", "f.parquet")
    assert_read(lakelet, tmp_path / "t", lakelet.rows("from 't'"))
