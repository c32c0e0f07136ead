"""What an Iceberg table is sorted by is among its columns, whatever becomes of them: Java doesn't open one whose order goes by others."""

import pytest
from iceberg_readers import READERS, pyiceberg_table
from readers import assert_same_rows


def default_order(path):
    table = pyiceberg_table(path)
    order = table.sort_order()
    ids = {field.field_id for field in table.schema().fields}
    assert {field.source_id for field in order.fields} <= ids
    return order


def make(lakelet, rows=True):
    lakelet.ok("sql", "create table 't' (id bigint, s varchar) with (format = 'iceberg')")
    if rows:
        lakelet.ok("sql", "insert into 't' values (1, 'a')")
    lakelet.ok("alter", "t", "set-sort-order", "id")


@pytest.mark.parametrize("rows", [True, False], ids=["rows", "empty"])
def test_a_column_of_the_order_is_not_dropped(lakelet, tmp_path, rows):
    make(lakelet, rows)
    lakelet.fails(2, "alter", "t", "drop-column", "id")
    assert len(default_order(tmp_path / "t").fields) == 1
    lakelet.ok("alter", "t", "drop-column", "s")
    assert len(default_order(tmp_path / "t").fields) == 1


def test_a_replaced_table_has_no_order(lakelet, tmp_path):
    make(lakelet)
    lakelet.ok("sql", "create or replace table './t' with (format = 'iceberg') as select 1 z")
    assert default_order(tmp_path / "t").order_id == 0
    assert lakelet.rows("from 't'").to_pylist() == [{"z": 1}]


@pytest.mark.parametrize("rows", [True, False], ids=["rows", "empty"])
@pytest.mark.parametrize("header, kept", [("z", 0), ("id", 1)])
def test_an_order_goes_with_the_columns_of_an_overwritten_schema(lakelet, tmp_path, header, kept, rows):
    make(lakelet, rows)
    (tmp_path / "new.csv").write_text(f"{header}\n5\n")
    lakelet.ok("import", "t", "new.csv", "--mode", "overwrite", "--schema-mode", "overwrite")
    assert len(default_order(tmp_path / "t").fields) == kept
    assert lakelet.rows("from 't'").to_pylist() == [{header: 5}]


def test_an_order_goes_with_a_restored_schema(lakelet, tmp_path):
    make(lakelet)
    first = pyiceberg_table(tmp_path / "t").snapshots()[0].snapshot_id
    lakelet.ok("alter", "t", "add-column", "x", "int")
    lakelet.ok("alter", "t", "set-sort-order", "x")
    lakelet.ok("sql", "insert into 't' values (2, 'b', 3)")
    lakelet.ok("restore", f"t@v{first}")
    assert default_order(tmp_path / "t").order_id == 0


@pytest.mark.parametrize("columns", ["id bigint", "id bigint, p integer", "s struct(a integer), id bigint"])
def test_a_version_1_table_loses_its_partition_column(lakelet, tmp_path, columns):
    """Its field stays as void, in files that are partitioned by nothing any more."""
    options = "with (format = 'iceberg', \"format-version\" = '1')"
    lakelet.ok("sql", f"create table 't' (id bigint, p varchar) partitioned by (p) {options}; insert into 't' values (1, 'a')")
    lakelet.ok("sql", f"create or replace table 't' ({columns}) {options}")
    lakelet.ok("sql", "insert into 't' (id) values (5), (6)")
    lakelet.ok("sql", "insert into 't' (id) values (7); delete from 't' where id = 6")
    expected = lakelet.rows("from 't'")
    assert sorted(expected["id"].to_pylist()) == [5, 7]
    (field,) = pyiceberg_table(tmp_path / "t").spec().fields
    assert str(field.transform) == "void"
    assert_same_rows(READERS["pyiceberg"](tmp_path / "t"), expected)  # DuckDB's extension ends the process over columns that are gone
    lakelet.ok("sql", f"create or replace table 't' (id bigint, q varchar) partitioned by (q) {options}")
    lakelet.ok("sql", "insert into 't' select i, (i % 3)::varchar from range(9) r(i)")
    assert len(lakelet.json("files", "t")) == 3 and len(lakelet.rows("from 't' where q = '2'")) == 3
