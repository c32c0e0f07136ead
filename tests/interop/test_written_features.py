"""Table features, one by one: lakelet makes a table with each and changes its rows, DuckDB's delta extension reads it, and deltalake where it knows the feature."""

import json
import os
import time

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, QueryBuilder, write_deltalake
from readers import assert_all_read, assert_same_rows, duckdb_connection, duckdb_rows


def deltalake_rows(path):
    return pa.table(QueryBuilder().register("t", DeltaTable(str(path))).execute("select * from t").read_all())


def actions(path, kind):
    commits = sorted(file for file in (path / "_delta_log").glob("*[0-9].json") if file.stem.isdigit())
    lines = [json.loads(line) for commit in commits for line in commit.read_text().splitlines()]
    return [line[kind] for line in lines if kind in line]


def features(path):
    last = actions(path, "protocol")[-1]
    return set(last.get("readerFeatures", [])) | set(last.get("writerFeatures", []))


def properties(**values):
    return f"with ({', '.join(f''''{name.replace('__', '.')}' = '{value}' ''' for name, value in values.items())})"


INSERT = "insert into 't' (id, v) values (1, 'a'), (2, 'b'), (3, null)"
MERGE = """merge into 't' as t using (values (2, 'm'), (9, 'n')) s(id, v) on t.id = s.id when matched then update set v = s.v
           when not matched then insert (id, v) values (s.id, s.v)"""
CHANGES = [INSERT, "update 't' set v = 'u' where id = 1", "delete from 't' where id = 3", MERGE]
PLAIN = "id int, v varchar"

# Name: the features that it asks for, columns, options, statements besides, whether deltalake reads it.
CASES = {
    "rules": ({"checkConstraints", "invariants", "generatedColumns", "allowColumnDefaults"},
              "id int not null check (id > 0), v varchar default 'd', twice bigint as (id * 2)", "", ["insert into 't' (id) values (20)"], True),
    "identity": ({"identityColumns"}, "id int, v varchar, n bigint generated always as identity", "", [], True),
    "feed": ({"changeDataFeed"}, PLAIN, properties(delta__enableChangeDataFeed="true"), [], True),
    "mapped by name": ({"columnMapping"}, PLAIN, properties(delta__columnMapping__mode="name"), ["alter table 't' rename column v to w"], True),
    "mapped by id": ({"columnMapping"}, PLAIN, properties(delta__columnMapping__mode="id"), ["alter table 't' rename column v to w"], True),
    "vectors": ({"deletionVectors"}, PLAIN, properties(delta__enableDeletionVectors="true"), [], True),
    "widened": ({"typeWidening"}, PLAIN, properties(delta__enableTypeWidening="true"),
                ["alter table 't' alter column id set data type bigint", "insert into 't' values (5000000000, 'big')"], False),
    "timestamps without zone": ({"timestampNtz"}, PLAIN + ", noon timestamp", "", ["insert into 't' values (30, 'x', timestamp '2024-05-06 07:08:09.000001')"], True),
    "tracked rows": ({"rowTracking", "domainMetadata"}, PLAIN, properties(delta__enableRowTracking="true"), [], True),
    "in-commit timestamps": ({"inCommitTimestamp"}, PLAIN, properties(delta__enableInCommitTimestamps="true"), [], True),
    "v2 checkpoints": ({"v2Checkpoint"}, PLAIN, properties(delta__checkpointPolicy="v2", delta__checkpointInterval="2"), [], True),
    "checked vacuum": ({"vacuumProtocolCheck"}, PLAIN, properties(**{"delta.feature.vacuumProtocolCheck": "supported"}), [], False),
    "partition columns in files": ({"materializePartitionColumns"}, PLAIN, properties(**{"delta.feature.materializePartitionColumns": "supported"}), [], True),
    "Iceberg 1": ({"icebergCompatV1"}, PLAIN, properties(delta__columnMapping__mode="name", delta__enableIcebergCompatV1="true"), [], True),
    "Iceberg 2": ({"icebergCompatV2"}, PLAIN, properties(delta__columnMapping__mode="name", delta__enableIcebergCompatV2="true"), [], True),
}


@pytest.mark.parametrize("case", CASES)
def test_feature(lakelet, tmp_path, case):
    asked, columns, options, more, by_deltalake = CASES[case]
    path = tmp_path / "t"
    lakelet.ok("sql", f"create table './t' ({columns}) {options}")
    for statement in CHANGES + more:
        lakelet.ok("sql", statement)
    expected = lakelet.rows("from 't'")
    assert {row["id"] for row in expected.to_pylist()} >= {1, 2, 9} and len(expected) == 3 + len([text for text in more if "insert" in text])
    assert_same_rows(duckdb_rows(path), expected, "duckdb")
    if by_deltalake:
        assert_same_rows(deltalake_rows(path), expected, "deltalake")
    # No more than was asked for, and what that depends on.
    protocol = actions(path, "protocol")[-1]
    if protocol["minWriterVersion"] == 7:
        assert features(path) <= asked | {"appendOnly", "invariants", "columnMapping"} and asked <= features(path)
    else:
        versions = {"changeDataFeed": (1, 4), "columnMapping": (2, 5), "identityColumns": (1, 6)}
        assert [versions[feature] for feature in asked] == [(protocol["minReaderVersion"], protocol["minWriterVersion"])]


def test_append_only(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("sql", f"create table './t' ({PLAIN}) {properties(delta__appendOnly='true')}; {INSERT}")
    write_deltalake(str(path), pa.table({"id": pa.array([4], pa.int32()), "v": ["d"]}), mode="append")
    lakelet.ok("optimize", "t")
    expected = pa.table({"id": pa.array([1, 2, 3, 4], pa.int32()), "v": ["a", "b", None, "d"]})
    for statement in ("delete from 't'", "update 't' set v = 'x' where id = 1", MERGE, "truncate 't'"):
        assert "append-only" in lakelet.fails(5, "sql", statement)
    with pytest.raises(Exception, match="(?i)append"):
        DeltaTable(str(path)).delete()
    assert_all_read(path, expected)
    lakelet.ok("alter", "t", "set-property", "delta.appendOnly=false")
    lakelet.ok("sql", "delete from 't' where id < 4")
    assert_all_read(path, expected.slice(3))


def test_files_of_the_size_that_the_table_wants(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "id bigint, v string", "--property", "delta.targetFileSize=2mb")
    lakelet.ok("sql", "insert into 't' select i, md5(i::varchar) from range(600000) r(i)")
    sizes = [add["size"] for add in actions(tmp_path / "t", "add")]
    assert len(sizes) > 3 and max(sizes) < 8_000_000, sizes
    assert_all_read(tmp_path / "t", lakelet.rows("from 't'"))


def test_properties_for_data_skipping(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "a int, b int, c int", "--property", "delta.dataSkippingNumIndexedCols=1")
    lakelet.ok("sql", "insert into 't' values (1, 2, 3)")
    lakelet.ok("alter", "t", "set-property", "delta.dataSkippingStatsColumns=b,c")
    lakelet.ok("sql", "insert into 't' values (4, 5, 6)")
    first, second = (json.loads(add["stats"]) for add in actions(path, "add"))
    assert (list(first["minValues"]), list(second["minValues"])) == (["a"], ["b", "c"])
    assert_all_read(path, lakelet.rows("from 't'"))
    found = duckdb_connection().execute(f"select a from delta_scan('{path}') where b > 4").fetchall()
    assert found == [(4,)]


def test_texts_of_applications(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("sql", f"create table './t' ({PLAIN}); {INSERT}")
    lakelet.ok("alter", "t", "set-domain", "my.app", "{}")
    assert features(path) >= {"domainMetadata"}
    assert_same_rows(duckdb_rows(path), lakelet.rows("from 't'"))
    assert_same_rows(deltalake_rows(path), lakelet.rows("from 't'"))


@pytest.mark.parametrize("mode", ["name", "id"])
def test_mapped_columns_have_their_ids_in_the_files(lakelet, tmp_path, mode):
    """Rows that are appended, changed and merged: every file names its columns as the table's metadata does, by name and by id."""
    path = tmp_path / "t"
    lakelet.ok("sql", f"create table './t' (id int, v varchar, s struct(x int)) {properties(delta__columnMapping__mode=mode)}")
    for statement in ("insert into 't' values (1, 'a', {'x': 1}), (2, 'b', {'x': 2})", "update 't' set v = 'u' where id = 1", MERGE):
        lakelet.ok("sql", statement)
    lakelet.ok("optimize", "t")
    schema = json.loads(actions(path, "metaData")[-1]["schemaString"])
    expected = {field["metadata"]["delta.columnMapping.physicalName"]: field["metadata"]["delta.columnMapping.id"] for field in schema["fields"]}
    assert not set(expected) & {"id", "v", "s"}
    for add in actions(path, "add"):
        found = {field.name: int(field.metadata[b"PARQUET:field_id"]) for field in pq.read_schema(path / add["path"])}
        assert found == expected
    assert_same_rows(duckdb_rows(path), lakelet.rows("from 't'"))


@pytest.mark.parametrize("vectors", ["true", "false"])
def test_paths_that_others_spell_with_raw_letters(lakelet, tmp_path, vectors):
    """Spark leaves letters like é as they are where others encode them: a remove has to cancel the add whatever its spelling."""
    path = tmp_path / "t"
    rows = pa.table({"id": list(range(10)), "p": ["é", "a b"] * 5})
    write_deltalake(str(path), rows, partition_by=["p"])
    (folder,) = (each for each in path.glob("p=*") if each.name != "p=a b" and "20" not in each.name)
    folder.rename(path / "p=é")
    commit = path / "_delta_log" / f"{0:020}.json"
    lines = [json.loads(line) for line in commit.read_text().splitlines()]
    for line in lines:
        if line.get("add", {}).get("partitionValues") == {"p": "é"}:
            line["add"]["path"] = "p=é/" + line["add"]["path"].split("/")[-1]
    commit.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    assert '"path": "p=é/' in commit.read_text()
    if vectors == "true":
        lakelet.ok("alter", "t", "set-property", "delta.enableDeletionVectors=true")
    lakelet.ok("delete", "t", "--where", "id = 2")
    lakelet.ok("update", "t", "--set", "id = 100", "--where", "id = 4")
    lakelet.ok("sql", "merge into 't' as t using (values (6, 'é'), (50, 'é')) s(id, p) on t.id = s.id when matched then delete when not matched then insert (id, p) values (s.id, s.p)")
    expected = sorted([0, 1, 3, 5, 7, 8, 9, 50, 100])
    for found in (lakelet.rows("from 't'"), duckdb_rows(path), deltalake_rows(path)):
        assert sorted(found["id"].to_pylist()) == expected
    lakelet.ok("optimize", "t")
    for found in (lakelet.rows("from 't'"), duckdb_rows(path), deltalake_rows(path)):
        assert sorted(found["id"].to_pylist()) == expected


def test_variants_are_whole_unless_the_table_says_otherwise(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("sql", "create table './t' (id int, v variant)")
    lakelet.ok("sql", "insert into 't' values (1, {'a': 1}::variant), (2, 7::variant)")
    lakelet.ok("sql", "insert into 't' select 3, 7::variant; update 't' set v = 8::variant where id = 2")
    assert features(path) == {"variantType"}
    for file in path.glob("*.parquet"):
        assert "typed_value" not in str(pq.ParquetFile(file).schema)
    found = duckdb_connection().execute(f"select id, v::varchar from delta_scan('{path}') order by id").fetchall()
    assert found == [(1, "{'a': 1}"), (2, "8"), (3, "7")]


# --- the log -----------------------------------------------------------------------------------------------------------
def test_a_cleaned_log(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id int", "--property", "delta.logRetentionDuration=interval 2 days", "--property", "delta.enableExpiredLogCleanup=false")
    for value in range(12):
        lakelet.ok("sql", f"insert into 't' values ({value})")
    log = path / "_delta_log"
    assert (log / f"{10:020}.checkpoint.parquet").exists()
    for file in log.iterdir():
        os.utime(file, (time.time() - 5 * 86400,) * 2)
    lakelet.ok("sql", "insert into 't' values (12)")
    lakelet.ok("alter", "t", "set-property", "delta.enableExpiredLogCleanup=true")
    listed = sorted(row["file"].split("/")[-1] for row in lakelet.json("clean-log", "t", "--dry-run") if row["file"].endswith(".json"))
    assert listed == [f"{version:020}.json" for version in range(10)]
    lakelet.ok("clean-log", "t")
    assert min(file.name for file in log.glob("0*.json")) == f"{10:020}.json"
    assert_all_read(path, pa.table({"id": pa.array(range(13), pa.int32())}))


def test_sidecars(lakelet, tmp_path):
    """A checkpoint of more files than it keeps itself: DuckDB finds each one through the sidecars."""
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id int, p int", "--partition-by", "p", "--property", "delta.checkpointPolicy=v2")
    lakelet.ok("sql", "insert into 't' values (1, 7), (2, 99999)")
    (real,) = [add for add in actions(path, "add") if add["partitionValues"]["p"] == "7"]
    commit = path / "_delta_log" / f"{2:020}.json"
    with commit.open("w") as file:
        for number in range(100_001):
            add = real | {"path": f"p={number}/part-{number}.parquet", "partitionValues": {"p": str(number)}}
            file.write(json.dumps({"add": add}) + "\n")
    chosen = [0, 50_000, 100_000]
    for number in chosen:
        (path / f"p={number}").mkdir()
        os.link(path / real["path"], path / f"p={number}" / f"part-{number}.parquet")
    lakelet.ok("checkpoint", "t")
    sidecars = list((path / "_delta_log" / "_sidecars").glob("*.parquet"))
    assert sum(pq.read_metadata(file).num_rows for file in sidecars) == 100_003
    for version in range(2):
        (path / "_delta_log" / f"{version:020}.json").unlink()
    commit.unlink()
    for number in chosen:  # of the others there are no files
        query = f"select p, id from {{}} where p = {number}"
        assert lakelet.rows(query.format("'t'")).to_pylist() == [{"p": number, "id": 1}]
        assert duckdb_connection().execute(query.format(f"delta_scan('{path}')")).fetchall() == [(number, 1)]


# --- operations --------------------------------------------------------------------------------------------------------
def test_a_repaired_table(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id int", "--property", "delta.enableDeletionVectors=true", "--property", "delta.checkpointInterval=3")
    for value in range(5):
        lakelet.ok("sql", f"insert into 't' select i from range({value * 100}, {value * 100 + 100}) r(i)")
    lakelet.ok("delete", "t", "--where", "id % 10 = 3")
    (path / actions(path, "add")[1]["path"]).unlink()
    (path / "_delta_log" / f"{3:020}.checkpoint.parquet").write_bytes(b"PAR1 nonsense PAR1")
    assert lakelet.run("doctor", "t").returncode == 6
    lakelet.ok("doctor", "t", "--repair")
    lakelet.ok("doctor", "t")
    expected = duckdb.sql("select i::int as id from range(500) r(i) where i % 10 <> 3 and i not between 100 and 199").to_arrow_table()
    assert_same_rows(lakelet.rows("from 't'"), expected)
    assert_same_rows(duckdb_rows(path), expected)
    assert_same_rows(deltalake_rows(path), expected)


def test_statistics_anew_are_what_others_skip_by(lakelet, tmp_path):
    path = tmp_path / "t"
    write_deltalake(str(path), pa.table({"id": list(range(100)), "v": [None, "x"] * 50}), configuration={"delta.dataSkippingNumIndexedCols": "0"})
    write_deltalake(str(path), pa.table({"id": list(range(100, 200)), "v": ["y"] * 100}), mode="append")
    lakelet.ok("alter", "t", "set-property", "delta.dataSkippingNumIndexedCols=32")
    lakelet.ok("analyze", "t")
    assert_all_read(path, lakelet.rows("from 't'"))
    bounds = DeltaTable(str(path)).get_add_actions(flatten=True)
    assert sorted(bounds.column("min.id").to_pylist()) == [0, 100] and sorted(bounds.column("null_count.v").to_pylist()) == [0, 50]
    con = duckdb_connection()
    for query, count in (("id >= 150", 50), ("id < 100", 100), ("v is null", 50), ("v = 'y' and id = 100", 1)):
        assert con.execute(f"select count(*) from delta_scan('{path}') where {query}").fetchall() == [(count,)]
