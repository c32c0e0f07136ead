"""lakelet alter: what each action does, and the exit code of what it refuses."""
import pytest

USAGE, UNSUPPORTED, CONSTRAINT = 2, 5, 8


def columns(lakelet, table="t"):
    return [row["column"] for row in lakelet.json("schema", table)]


@pytest.fixture
def table(lakelet):
    lakelet.ok("create", "t", "--schema", "id int, a string, s struct<x: int>", "--property", "delta.columnMapping.mode=name")
    lakelet.ok("sql", "insert into 't' values (1, 'one', {'x': 1}), (2, null, null)")
    return lakelet


def test_columns(table):
    table.ok("alter", "t", "add-column", "b", "double", "--after", "id", "--comment", "a number")
    table.ok("alter", "t", "rename-column", "a", "name")
    table.ok("alter", "t", "add-column", "s.y", "date")
    table.ok("alter", "t", "drop-column", "s.x")
    table.ok("alter", "t", "move-column", "name", "--first")
    assert columns(table) == ["name", "id", "b", "s"]
    table.ok("alter", "t", "drop-column", "b")
    table.ok("alter", "t", "drop-column", "b", "--if-exists")
    table.ok("alter", "t", "add-column", "id", "int", "--if-not-exists")
    table.ok("alter", "t", "set-property", "delta.enableTypeWidening=true", "mine=1")
    table.ok("alter", "t", "set-type", "id", "bigint")
    table.ok("alter", "t", "set-not-null", "id")
    table.ok("alter", "t", "drop-not-null", "id")
    assert columns(table) == ["name", "id", "s"]


def test_the_rest(table):
    table.ok("alter", "t", "set-description", "what it holds")
    table.ok("alter", "t", "set-name", "T")
    table.ok("alter", "t", "set-comment", "id", "the key")
    table.ok("alter", "t", "set-property", "mine=1", "other=2", "--user-metadata", "why=test")
    table.ok("alter", "t", "unset-property", "other")
    table.ok("alter", "t", "add-constraint", "positive", "id > 0")
    said = table.json("metadata", "t")
    assert said["description"] == "what it holds" and said["name"] == "T"
    assert said["properties"]["mine"] == "1" and "other" not in said["properties"]
    table.ok("alter", "t", "drop-constraint", "positive")


def test_the_schema_shows_what_columns_get_by_themselves(lakelet):
    lakelet.ok("sql", "create table './d' (id bigint generated always as identity, a int default 7, b int generated always as (a + 1), c varchar default 'x')")
    assert {row["column"]: row["default"] for row in lakelet.json("schema", "d")} == {
        "id": "GENERATED ALWAYS AS IDENTITY (START WITH 1 INCREMENT BY 1)", "a": "7", "b": "GENERATED ALWAYS AS (a + 1)", "c": "'x'"}
    lakelet.ok("alter", "d", "set-default", "a", "8")
    lakelet.ok("alter", "d", "drop-default", "c")
    assert [row["default"] for row in lakelet.json("schema", "d")][1::2] == ["8", None]
    assert [row["default"] for row in lakelet.json("schema", "d@v0")][1::2] == ["7", "'x'"]
    # Iceberg keeps values.
    lakelet.ok("sql", "create table './i' (id int, n decimal(9, 2) default 1.5, s varchar default 'it''s', day date default '2025-01-31', d double default 2.5, t boolean default true) "
                      "with (format = 'iceberg', \"format-version\" = '3')")
    assert [row["default"] for row in lakelet.json("schema", "i")] == [None, "1.50", "'it''s'", "'2025-01-31'", "2.5", "true"]


@pytest.mark.parametrize("arguments, code", [
    (["explode", "x"], USAGE),
    (["add-column", "x"], USAGE),
    (["move-column", "a"], USAGE),
    (["drop-column", "nothing"], USAGE),
    (["set-type", "a", "int"], USAGE),
    (["set-property", "delta.nothing=1"], USAGE),
    (["set-property", "delta.columnMapping.mode=id"], UNSUPPORTED),
    (["set-type", "id", "bigint"], UNSUPPORTED),
    (["set-not-null", "a"], CONSTRAINT),
    (["add-constraint", "big", "id > 100"], CONSTRAINT),
    (["add-column", "x", "int", "--not-null"], CONSTRAINT),
])
def test_refused(table, arguments, code):
    done = table.run("alter", "t", *arguments)
    assert done.returncode == code, done.stderr
    assert done.stderr.startswith("error: ")
    assert table.json("detail", "t")["version"] == 1
