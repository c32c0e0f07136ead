"""Deletion vectors that lakelet writes, read by deltalake (its SQL; the rest of it refuses them) and DuckDB's delta extension."""

import json
import random

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable, QueryBuilder
from readers import assert_same_rows, duckdb_rows

VECTORS = ("--property", "delta.enableDeletionVectors=true")


def deltalake_rows(path):
    return pa.table(QueryBuilder().register("t", DeltaTable(str(path))).execute("select * from t").read_all())


def assert_all_read(lakelet, path, expected):
    assert_same_rows(lakelet.rows(f"from '{path}'"), expected, "lakelet")
    assert_same_rows(deltalake_rows(path), expected, "deltalake")
    assert_same_rows(duckdb_rows(path), expected, "duckdb")


def actions(path, version=None):
    commits = sorted((path / "_delta_log").glob("*[0-9].json"))
    chosen = commits if version is None else [path / "_delta_log" / f"{version:020}.json"]
    return [json.loads(line) for commit in chosen for line in commit.read_text().splitlines()]


def adds(path, version):
    return [action["add"] for action in actions(path, version) if "add" in action]


def vector_files(path):
    return sorted(path.rglob("deletion_vector_*.bin"))


def test_the_property_upgrades_the_protocol_as_far_as_needed(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "i int", *VECTORS)
    (protocol,) = (action["protocol"] for action in actions(tmp_path / "t") if "protocol" in action)
    assert (protocol["minReaderVersion"], protocol["minWriterVersion"]) == (3, 7)
    assert protocol["readerFeatures"] == ["deletionVectors"]
    assert set(protocol["writerFeatures"]) <= {"deletionVectors", "appendOnly", "invariants"}


def test_inline_and_in_files(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id bigint, v string", *VECTORS)
    lakelet.ok("sql", "insert into 't' select i, 'v' || i from range(200000) r(i)")
    con = duckdb.connect()
    con.execute("create table t as select i as id, 'v' || i as v from range(200000) r(i)")
    # A point, a scattered set in a file of its own, a range on top of it, and one row more of the same file.
    for version, where in enumerate(["id = 77", "id % 13 = 5", "id between 1000 and 90000", "id = 0"], start=2):
        report = lakelet.report("delete", "t", "--where", where)
        deleted = con.execute(f"delete from t where {where}").fetchone()[0]
        assert report["rows_deleted"] == deleted and report["files_added"] == 0 and report["files_removed"] == 0
        assert_all_read(lakelet, path, con.execute("from t").to_arrow_table())
        (add,) = adds(path, version)
        statistics = json.loads(add["stats"])
        assert statistics["numRecords"] == 200000 and statistics["tightBounds"] is False
        assert add["deletionVector"]["cardinality"] == 200000 - con.execute("select count(*) from t").fetchone()[0]
    kinds = [adds(path, version)[0]["deletionVector"]["storageType"] for version in (2, 3, 4, 5)]
    assert kinds == ["i", "u", "u", "u"]
    assert len(vector_files(path)) == 3


def test_one_file_for_all_vectors_of_a_commit(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id bigint, p int", "--partition-by", "p", *VECTORS)
    lakelet.ok("sql", "insert into 't' select i, i % 5 from range(100000) r(i)")
    lakelet.ok("delete", "t", "--where", "id % 7 = 3")
    found = [add["deletionVector"] for add in adds(path, 2)]
    assert len(found) == 5 and len({vector["pathOrInlineDv"] for vector in found}) == 1 and len(vector_files(path)) == 1
    assert sorted(vector["offset"] for vector in found)[0] == 1
    expected = duckdb.sql("select i as id, (i % 5)::int as p from range(100000) r(i) where i % 7 <> 3").to_arrow_table()
    assert_all_read(lakelet, path, expected)


def test_a_file_without_rows_left_is_removed(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id bigint, p int", "--partition-by", "p", *VECTORS)
    lakelet.ok("sql", "insert into 't' select i, i % 5 from range(1000) r(i)")
    lakelet.ok("delete", "t", "--where", "id % 5 = 1 and id < 500")
    lakelet.ok("delete", "t", "--where", "id % 5 = 1 and id >= 500")
    assert adds(path, 3) == []
    (remove,) = (action["remove"] for action in actions(path, 3) if "remove" in action)
    assert remove["deletionVector"] == adds(path, 2)[0]["deletionVector"]
    assert_all_read(lakelet, path, duckdb.sql("select i as id, (i % 5)::int as p from range(1000) r(i) where i % 5 <> 1").to_arrow_table())


def test_partitions_go_without_being_read(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id bigint, p string", "--partition-by", "p", *VECTORS)
    lakelet.ok("sql", "insert into 't' select i, 'é ' || i % 5 from range(1000) r(i)")
    for file in path.rglob("*.parquet"):  # whoever opens one fails
        if "%202" in file.as_posix() or " 2" in file.as_posix():
            file.write_bytes(b"nothing")
    report = lakelet.report("delete", "t", "--where", "p = 'é 2'")
    assert report["rows_deleted"] == 200 and report["files_removed"] == 1 and report["files_added"] == 0
    assert_all_read(lakelet, path, duckdb.sql("select i as id, 'é ' || i % 5 as p from range(1000) r(i) where i % 5 <> 2").to_arrow_table())


def test_without_the_property_files_are_written_again(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id bigint")
    lakelet.ok("sql", "insert into 't' select i from range(1000) r(i)")
    lakelet.ok("delete", "t", "--where", "id % 3 = 0")
    assert all("deletionVector" not in add for add in adds(path, 2)) and not vector_files(path)


def test_random_folders_before_the_names(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id bigint", *VECTORS, "--property", "delta.randomizeFilePrefixes=true", "--property", "delta.randomPrefixLength=3")
    lakelet.ok("sql", "insert into 't' select i from range(100000) r(i)")
    lakelet.ok("delete", "t", "--where", "id % 3 = 0")
    (file,) = vector_files(path)
    assert len(file.parent.name) == 3 and adds(path, 2)[0]["deletionVector"]["pathOrInlineDv"].startswith(file.parent.name)
    assert_all_read(lakelet, path, duckdb.sql("select i as id from range(100000) r(i) where i % 3 <> 0").to_arrow_table())


def test_metrics_have_spark_s_names(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id bigint, p int", "--partition-by", "p", *VECTORS)
    lakelet.ok("sql", "insert into 't' select i, i % 3 from range(300) r(i)")
    lakelet.ok("delete", "t", "--where", "id = 6")
    lakelet.ok("delete", "t", "--where", "id < 2 or id = 9 or p = 2")
    lakelet.ok("update", "t", "--set", "id = id + 1000", "--where", "id = 3")
    lakelet.ok("merge", "t", "--source", "(select 12::bigint as id, 0 as p union all select 9999, 1)", "--on", "target.id = source.id", "--update-all", "--insert-all")

    def metrics(version):
        (info,) = (action["commitInfo"] for action in actions(path, version) if "commitInfo" in action)
        return {key: int(value) for key, value in info["operationMetrics"].items()}

    def among(version, expected):
        found = metrics(version)
        assert {key: found[key] for key in expected} == expected

    among(2, {"numDeletionVectorsAdded": 1, "numDeletionVectorsRemoved": 0, "numDeletionVectorsUpdated": 0, "numDeletedRows": 1, "numAddedFiles": 0, "numRemovedFiles": 0})
    among(3, {"numDeletionVectorsAdded": 2, "numDeletionVectorsRemoved": 1, "numDeletionVectorsUpdated": 1, "numDeletedRows": 103, "numAddedFiles": 0, "numRemovedFiles": 1})
    among(4, {"numDeletionVectorsAdded": 1, "numDeletionVectorsUpdated": 1, "numUpdatedRows": 1, "numCopiedRows": 0, "numAddedFiles": 1})
    among(5, {"numTargetDeletionVectorsAdded": 1, "numTargetDeletionVectorsUpdated": 1, "numTargetRowsUpdated": 1, "numTargetRowsInserted": 1, "numTargetRowsCopied": 0,
              "numTargetFilesRemoved": 0})


def test_vectors_survive_a_checkpoint(lakelet, tmp_path):
    path = tmp_path / "t"
    lakelet.ok("create", "t", "--schema", "id bigint", *VECTORS, "--property", "delta.checkpointInterval=3")
    lakelet.ok("sql", "insert into 't' select i from range(100000) r(i)")
    for rest in range(5):
        lakelet.ok("delete", "t", "--where", f"id % 17 = {rest}")
    for version in range(6):
        (path / "_delta_log" / f"{version:020}.json").unlink()
    assert_all_read(lakelet, path, duckdb.sql("select i as id from range(100000) r(i) where i % 17 >= 5").to_arrow_table())
    lakelet.ok("delete", "t", "--where", "id % 17 = 5")
    assert_all_read(lakelet, path, duckdb.sql("select i as id from range(100000) r(i) where i % 17 >= 6").to_arrow_table())


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("partitioned", [False, True], ids=["plain", "partitioned"])
@pytest.mark.parametrize("vectors", [False, True], ids=["rewrite", "vectors"])
def test_random_changes(lakelet, tmp_path, vectors, partitioned, seed):
    """The same statements on a plain DuckDB table; after each, lakelet has the same rows, and now and then the others too."""
    path, chance = tmp_path / "t", random.Random(seed)
    con = duckdb.connect()
    con.execute("create table t (k int, p varchar, v double, s varchar)")
    lakelet.ok("create", "t", "--schema", "k int, p string, v double, s string", *(["--partition-by", "p"] if partitioned else []), *(VECTORS if vectors else []))

    def number():
        return "NULL" if chance.random() < 0.2 else str(chance.randrange(60))

    def partition():
        return chance.choice(["'a'", "'b'", "'x/y=z %'", "'é'", "NULL"])

    def row(key):
        v = number()
        return f"({key}, {partition()}, {v if v == 'NULL' else v + '.5'}, {chance.choice(['NULL', repr('ab'), repr('b')])})"

    def predicate(prefix=""):
        n = chance.randrange(60)
        return chance.choice([f"{prefix}v > {n}", f"not ({prefix}v > {n})", f"{prefix}k = {n}", f"{prefix}k between {n} and {n + 5}", f"{prefix}p = {partition()}",
                              f"{prefix}p is null", f"{prefix}p in ('a', 'é') and {prefix}k < {n}", f"{prefix}k not in (1, {n}) and {prefix}s is not null", "true" if n == 7 else f"{prefix}k < 4"])

    def merge():
        keys = chance.sample(range(60), chance.randrange(1, 12))
        clauses = [f"when matched and {predicate('target.')} then delete", "when matched then update set v = source.v, p = source.p", "when not matched then insert"]
        if chance.random() < 0.3:
            clauses.append(f"when not matched by source and {predicate('target.')} then delete")
        return f"merge into $T as target using (values {', '.join(row(key) for key in keys)}) as source(k, p, v, s) on target.k = source.k {' '.join(clauses)}"

    def statement():
        kind = chance.randrange(7)
        if kind == 0:
            return f"delete from $T where {predicate()}"
        if kind == 1:
            return f"update $T set v = v + 1, s = 'u' where {predicate()}"
        if kind == 2:
            return f"update $T set p = {partition()} where {predicate()}"
        if kind == 3:
            return merge()
        if kind == 4:
            return "insert into $T select k, p, v, 'copy' from $T where k % 11 = 0"
        return f"insert into $T values {', '.join(row(number()) for _ in range(chance.randrange(1, 40)))}"

    for step in range(25):
        text = statement()
        con.execute(text.replace("$T", "t"))
        lakelet.ok("sql", text.replace("$T", "'t'"))
        expected = con.execute("from t").to_arrow_table()
        assert_same_rows(lakelet.rows("from 't'"), expected, f"step {step}: {text}")
        if step % 8 == 7:
            assert_all_read(lakelet, path, expected)
