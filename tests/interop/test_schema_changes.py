"""Tables whose columns lakelet renamed, dropped, added and widened, read by others. (deltalake's to_pyarrow_table looks for columns under the wrong names; its
own query engine doesn't.)"""
import pyarrow as pa
import pyarrow.parquet
import pytest
from deltalake import DeltaTable, QueryBuilder
from readers import assert_same_rows, duckdb_rows


def deltalake_rows(path):
    return pa.table(QueryBuilder().register("t", DeltaTable(str(path))).execute("select * from t").read_all())


def assert_read(path, expected):
    assert_same_rows(duckdb_rows(path), expected)
    assert_same_rows(deltalake_rows(path), expected)


def test_renamed_dropped_and_added_again(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "id int, a string, d double, p string", "--partition-by", "p")
    lakelet.ok("sql", "insert into 't' values (1, 'one', 1.5, 'x'), (2, 'two', null, 'y')")
    lakelet.ok("alter", "t", "set-property", "delta.columnMapping.mode=name")
    lakelet.ok("alter", "t", "rename-column", "a", "b")
    lakelet.ok("alter", "t", "drop-column", "d")
    lakelet.ok("alter", "t", "add-column", "d", "int")
    lakelet.ok("sql", "insert into 't' by name select 3 as id, 'three' as b, 'x' as p, 30 as d")
    expected = lakelet.rows("select id, b, p, d from 't'")
    assert sorted(expected.column("b").to_pylist()) == ["one", "three", "two"]
    assert [row["d"] for row in expected.to_pylist() if row["id"] < 3] == [None, None]
    assert_same_rows(deltalake_rows(tmp_path / "t"), expected)
    # DuckDB's extension has nulls for partition columns where reader version 2 stands beside listed features, in Spark's tables too.
    assert_same_rows(duckdb_rows(tmp_path / "t").drop_columns(["p"]), expected.drop_columns(["p"]))
    lakelet.ok("alter", "t", "rename-column", "p", "q")
    assert_same_rows(deltalake_rows(tmp_path / "t"), lakelet.rows("from 't'"))


@pytest.mark.parametrize("mode", ["name", "id"])
def test_new_tables_with_column_mapping(lakelet, tmp_path, mode):
    lakelet.ok("create", "t", "--schema", "id int, s struct<x: int, y: string>", "--property", f"delta.columnMapping.mode={mode}")
    lakelet.ok("sql", "insert into 't' values (1, {'x': 1, 'y': 'a'}), (2, null)")
    lakelet.ok("alter", "t", "rename-column", "s.y", "z")
    lakelet.ok("sql", "insert into 't' values (3, {'x': 3, 'z': 'c'})")
    expected = lakelet.rows("from 't'")
    assert_same_rows(duckdb_rows(tmp_path / "t"), expected)


def test_replaced(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "id int, p string", "--partition-by", "p")
    lakelet.ok("sql", "insert into 't' values (1, 'x')")
    lakelet.ok("sql", "create or replace table './t' partitioned by (day) as select 'n' as name, date '2020-01-01' as day")
    assert_read(tmp_path / "t", lakelet.rows("from 't'"))


def test_evolved_by_rows(lakelet, tmp_path):
    lakelet.ok("create", "t", "--schema", "id int, s struct<a: int>")
    lakelet.ok("sql", "insert into 't' values (1, {'a': 1})")
    more = tmp_path / "more.parquet"
    pyarrow.parquet.write_table(pa.table({"id": pa.array([2], pa.int32()), "s": pa.array([{"a": 2, "b": "x"}], pa.struct([("a", pa.int32()), ("b", pa.string())]))}), more)
    lakelet.ok("import", "t", more, "--schema-mode", "merge")
    assert_read(tmp_path / "t", lakelet.rows("from 't'"))
