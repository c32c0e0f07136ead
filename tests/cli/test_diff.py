"""lakelet diff: rows, columns, properties and files between two versions."""

import collections
import random

import pytest


def rows(lakelet, *arguments):
    return lakelet.json("diff", *arguments)


@pytest.fixture
def table(lakelet):
    lakelet.ok("create", "t", "--schema", "id int, city string, v double")
    lakelet.ok("sql", "insert into 't' values (1,'a',1),(2,'b',2),(3,'c',3),(NULL,'n',0)")
    return "t"


def test_inserted_deleted_updated(lakelet, table):
    lakelet.ok("merge", "t", "--source", "select 2 as id, 'b' as city, 20.0 as v union all select 9, 'z', 9.0",
               "--on", "target.id = source.id", "--update-all", "--insert-all")
    lakelet.ok("delete", "t", "--where", "id = 3")
    assert rows(lakelet, "t@v1", "t", "--key", "id") == [
        {"_change_type": "update_preimage", "id": 2, "city": "b", "v": 2.0},
        {"_change_type": "update_postimage", "id": 2, "city": "b", "v": 20.0},
        {"_change_type": "delete", "id": 3, "city": "c", "v": 3.0},
        {"_change_type": "insert", "id": 9, "city": "z", "v": 9.0},
    ]
    plain = rows(lakelet, "t@v1", "t@v3")
    assert sorted((row["_change_type"], row["id"]) for row in plain) == [("delete", 2), ("delete", 3), ("insert", 2), ("insert", 9)]
    backwards = rows(lakelet, "t@v3", "t@v1")
    assert sorted((row["_change_type"], row["id"]) for row in backwards) == [("delete", 2), ("delete", 9), ("insert", 2), ("insert", 3)]
    summary = lakelet.json("diff", "t@v1", "t", "--key", "id", "--show", "summary")
    assert (summary["rows_inserted"], summary["rows_deleted"], summary["rows_updated"]) == (1, 1, 1)
    assert rows(lakelet, "t", "t") == []


def test_null_keys_and_duplicates(lakelet, table):
    lakelet.ok("update", "t", "--set", "v = 5", "--where", "id is null")
    lakelet.ok("sql", "insert into 't' values (1,'a',1),(1,'a',1),(1,'x',7)")
    lakelet.ok("delete", "t", "--where", "id = 2")
    keyed = rows(lakelet, "t@v1", "t", "--key", "id")
    assert [(row["_change_type"], row["id"], row["v"]) for row in keyed if row["id"] is None] == [
        ("update_preimage", None, 0.0), ("update_postimage", None, 5.0)]
    assert sorted((row["_change_type"], row["city"]) for row in keyed if row["id"] == 1) == [
        ("insert", "a"), ("insert", "a"), ("insert", "x")]
    lakelet.ok("delete", "t", "--where", "id = 1")
    assert len(rows(lakelet, "t@v3", "t")) == 2 + 4 - 1  # 2 went too, and 4 rows of 1


def test_columns_that_came_went_and_grew(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "id int, gone string", "--property", "delta.columnMapping.mode=name",
               "--property", "delta.enableTypeWidening=true")
    lakelet.ok("sql", "insert into 't' values (1,'x'),(2,'y')")
    lakelet.ok("sql", "alter table 't' add column new string")
    lakelet.ok("sql", "alter table 't' drop column gone")
    lakelet.ok("sql", "alter table 't' alter column id type bigint")
    lakelet.ok("sql", "alter table 't' rename column id to key")
    assert rows(lakelet, "t@v1", "t") == []
    lakelet.ok("sql", "insert into 't' values (5000000000, 'n')")
    lakelet.ok("sql", "update 't' set new = 'two' where key = 2")
    assert rows(lakelet, "t@v1", "t", "--key", "key") == [
        {"_change_type": "update_preimage", "key": 2, "new": None},
        {"_change_type": "update_postimage", "key": 2, "new": "two"},
        {"_change_type": "insert", "key": 5000000000, "new": "n"},
    ]
    changed = {row["name"]: (row["before"], row["after"]) for row in rows(lakelet, "t@v1", "t", "--show", "schema")}
    assert changed == {"new": (None, "string"), "gone": ("string", None), "key": ("id int", "bigint")}


def test_properties_and_files(lakelet, table):
    lakelet.ok("sql", "insert into 't' values (7,'q',7)")
    files = rows(lakelet, "t@v1", "t", "--show", "files")
    assert [row["change"] for row in files] == ["added"]
    assert rows(lakelet, "t@v1", "t", "--show", "properties") == []
    summary = lakelet.json("diff", "t@v1", "t", "--show", "summary")
    assert summary["files_in_both"] == 1 and summary["files_added"] == 1 and summary["files_removed"] == 0


def test_a_clone_stands_for_a_version(lakelet, table):
    lakelet.ok("clone", "t", "c", "--shallow")
    lakelet.ok("delete", "c", "--where", "id = 1")
    assert [row["id"] for row in rows(lakelet, "t", "c")] == [1]


def test_nested_values_and_maps(lakelet):
    lakelet.ok("create", "t", "--schema", "id int, s struct<a: int, l: list<string>>, m map<string, int>")
    lakelet.ok("sql", "insert into 't' values (1, {'a': 1, 'l': ['x']}, map {'k': 1}), (2, NULL, NULL)")
    lakelet.ok("sql", "update 't' set m = map {'k': 2} where id = 1")
    assert [row["_change_type"] for row in rows(lakelet, "t@v1", "t", "--key", "id")] == ["update_preimage", "update_postimage"]


def test_bad_keys(lakelet, table):
    assert "nope" in lakelet.fails(2, "diff", "t@v0", "t", "--key", "nope")
    assert "twice" in lakelet.fails(2, "diff", "t@v0", "t", "--key", "id,ID")
    lakelet.fails(3, "diff", "t@v0", "t@v77")


@pytest.mark.parametrize("vectors", ["true", "false"])
def test_random_histories_beside_duckdb(lakelet, vectors):
    """Any two versions: the difference of the two bags of rows, as DuckDB's EXCEPT ALL has it."""
    rng = random.Random(vectors)
    lakelet.ok("create", "t", "--schema", "a int, b int", "--property", f"delta.enableDeletionVectors={vectors}")
    model, bags = [], [collections.Counter()]
    for _ in range(8):
        if rng.random() < 0.5 or not model:
            new = [(rng.choice([None, 1, 2, 3]), rng.randrange(3)) for _ in range(rng.randrange(1, 6))]
            text = ", ".join(f"({'NULL' if a is None else a}, {b})" for a, b in new)
            lakelet.ok("sql", f"insert into 't' values {text}")
            model += new
        else:
            b = rng.choice([row[1] for row in model])
            lakelet.ok("delete", "t", "--where", f"b = {b}")
            model = [row for row in model if row[1] != b]
        bags.append(collections.Counter(model))
    for _ in range(6):
        first, last = rng.randrange(len(bags)), rng.randrange(len(bags))
        shown = rows(lakelet, f"t@v{first}", f"t@v{last}")
        for kind, expected in (("insert", bags[last] - bags[first]), ("delete", bags[first] - bags[last])):
            assert collections.Counter((r["a"], r["b"]) for r in shown if r["_change_type"] == kind) == expected
