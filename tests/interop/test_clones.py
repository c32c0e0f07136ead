"""Tables that lakelet clones, read by the other engines; and what becomes of the original and the clone."""

import json
import shutil

import pyarrow as pa
import pytest
from deltalake import DeltaTable, QueryBuilder, write_deltalake
from readers import assert_same_rows, duckdb_rows

VECTORS = ("--property", "delta.enableDeletionVectors=true")


def log(path, version):
    return [json.loads(line) for line in (path / "_delta_log" / f"{version:020}.json").read_text().splitlines()]


def kept(path, kind):
    return [action[kind] for action in log(path, 0) if kind in action]


def parquet_files(path):
    return sorted(str(file.relative_to(path)) for file in path.rglob("*.parquet"))


@pytest.fixture
def table(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "id bigint not null, city string, v double", "--partition-by", "city",
               "--description", "of the tests", *VECTORS)
    lakelet.ok("sql", "insert into 't' select i, 'Zürich ' || i % 3, i / 4 from range(300) r(i)")
    lakelet.ok("delete", "t", "--where", "id % 7 = 2")
    lakelet.ok("sql", "insert into 't' values (1000, NULL, NULL)")
    return tmp_path / "t"


@pytest.mark.parametrize("kind", ["deep", "shallow"])
def test_a_clone_has_the_rows_and_is_a_table_of_its_own(lakelet, table, tmp_path, kind):
    lakelet.ok("clone", "t", "c", *(["--shallow"] if kind == "shallow" else []))
    clone = tmp_path / "c"
    expected = lakelet.rows("from 't'")
    assert_same_rows(lakelet.rows("from 'c'"), expected)
    if kind == "deep":  # DuckDB's extension knows no absolute paths: it looks for them below the table
        assert_same_rows(duckdb_rows(clone), expected)
    shown = QueryBuilder().register("t", DeltaTable(str(clone))).execute("select * from t").read_all()
    assert_same_rows(pa.table(shown), expected)
    (info,) = kept(clone, "commitInfo")
    assert info["operation"] == "CLONE"
    parameters = info["operationParameters"]
    assert parameters["sourceVersion"] == 3 and parameters["isShallow"] == (kind == "shallow")
    assert str(table) in parameters["source"]
    adds = kept(clone, "add")
    copied = len(adds) if kind == "deep" else 0
    assert info["operationMetrics"]["numCopiedFiles"] == copied
    assert info["operationMetrics"]["sourceNumOfFiles"] == len(adds)
    assert len(parquet_files(clone)) == copied
    (metadata,), (original,) = kept(clone, "metaData"), [a["metaData"] for a in log(table, 0) if "metaData" in a]
    assert metadata["id"] != original["id"]
    for same in ("schemaString", "partitionColumns", "configuration", "description"):
        assert metadata[same] == original[same]
    # A change of the one isn't seen in the other.
    lakelet.ok("update", "c", "--set", "v = -1", "--where", "id < 10")
    assert_same_rows(lakelet.rows("from 't'"), expected)
    lakelet.ok("delete", "t", "--all")
    assert len(lakelet.rows("from 'c' where v = -1")) > 0
    if kind == "deep":
        shutil.rmtree(table)
        assert len(lakelet.rows("from 'c'")) == len(expected)


def test_a_clone_of_a_version(lakelet, table, tmp_path):
    first = lakelet.rows("from 't' at (version => 1)")
    lakelet.ok("clone", "t@v1", "c")
    assert_same_rows(lakelet.rows("from 'c'"), first)
    assert kept(tmp_path / "c", "commitInfo")[0]["operationParameters"]["sourceVersion"] == 1


def test_a_clone_of_a_clone_and_paths_that_need_encoding(lakelet, table, tmp_path):
    (tmp_path / "a b%20ü").mkdir()
    shutil.move(table, tmp_path / "a b%20ü" / "t#1")
    lakelet.ok("clone", "a b%20ü/t#1", "one", "--shallow")
    lakelet.ok("clone", "one", "two", "--shallow")
    lakelet.ok("clone", "two", "three")
    expected = lakelet.rows("from 'a b%20ü/t#1'")
    for name in ("one", "two", "three"):
        assert_same_rows(lakelet.rows(f"from '{name}'"), expected, name)
    assert_same_rows(duckdb_rows(tmp_path / "three"), expected)
    for add in kept(tmp_path / "two", "add"):
        # As Hadoop spells it: Spark compares the text.
        assert add["path"].startswith("file:/") and not add["path"].startswith("file://")
        assert "/a%20b%2520ü/t%231/" in add["path"]
        if vector := add.get("deletionVector"):
            assert vector["storageType"] in "ip"


def test_a_broken_off_copy_goes_on(lakelet, table, tmp_path):
    lakelet.ok("clone", "t", "c")
    shutil.rmtree(tmp_path / "c" / "_delta_log")
    removed = parquet_files(tmp_path / "c")[0]
    (tmp_path / "c" / removed).unlink()
    report = lakelet.json("clone", "t", "c")
    assert report["copied_files"] == 1 and report["kept_files"] == report["files"] - 1
    assert_same_rows(lakelet.rows("from 'c'"), lakelet.rows("from 't'"))


def test_another_file_in_the_place_of_a_copy(lakelet, table, tmp_path):
    lakelet.ok("clone", "t", "c")
    shutil.rmtree(tmp_path / "c" / "_delta_log")
    victim = tmp_path / "c" / parquet_files(tmp_path / "c")[0]
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    assert "another file" in lakelet.fails(2, "clone", "t", "c")
    assert not (tmp_path / "c" / "_delta_log").exists()


def test_row_tracking_begins_anew(lakelet, tmp_path):
    lakelet.ok("create", "r", "--schema", "i int", "--property", "delta.enableRowTracking=true")
    for value in (1, 2):
        lakelet.ok("sql", f"insert into 'r' values ({value})")
    lakelet.ok("clone", "r", "c", "--shallow")
    assert sorted(add["baseRowId"] for add in kept(tmp_path / "c", "add")) == [0, 1]
    column = "delta.rowTracking.materializedRowIdColumnName"
    old = [a["metaData"] for a in log(tmp_path / "r", 0) if "metaData" in a][0]["configuration"]
    new = kept(tmp_path / "c", "metaData")[0]["configuration"]
    assert new[column] != old[column]
    domains = {domain["domain"]: domain for domain in kept(tmp_path / "c", "domainMetadata")}
    assert json.loads(domains["delta.rowTracking"]["configuration"]) == {"rowIdHighWaterMark": 1}
    ids = lakelet.rows("select _row_id from lake_scan('c', row_ids => true)")
    assert sorted(ids.column(0).to_pylist()) == [0, 1]


def test_what_deltalake_wrote(lakelet, tmp_path):
    rows = pa.table({"a": [1, 2, 3], "p": ["x", "y", None]})
    write_deltalake(str(tmp_path / "d"), rows, partition_by=["p"])
    lakelet.ok("clone", "d", "c")
    assert_same_rows(DeltaTable(str(tmp_path / "c")).to_pyarrow_table(), rows)
    assert kept(tmp_path / "c", "add")[0]["stats"]


def test_what_cannot_be(lakelet, table, tmp_path):
    lakelet.ok("create", "other", "--schema", "i int")
    assert "other" in lakelet.fails(4, "clone", "t", "other")
    assert "in one another" in lakelet.fails(2, "clone", "t", "t/inside")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x.txt").write_text("x")
    assert "isn't empty" in lakelet.fails(2, "clone", "t", "full", "--shallow")
    lakelet.fails(3, "clone", "nowhere", "c")
    lakelet.fails(3, "clone", "t@v99", "c")
    assert "would make" in lakelet.run("clone", "t", "c", "--dry-run").stderr
    assert not (tmp_path / "c").exists()


def test_a_missing_file_is_named_and_nothing_is_made(lakelet, table, tmp_path):
    missing = parquet_files(table)[0]
    (table / missing).unlink()
    assert missing.split("/")[-1] in lakelet.fails(6, "clone", "t", "c")
    assert not (tmp_path / "c" / "_delta_log").exists()
