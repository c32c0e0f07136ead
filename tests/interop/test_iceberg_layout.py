"""What an Iceberg table is sorted by is among its columns, whatever becomes of them: Java doesn't open one whose order goes by others."""

import pytest
from iceberg_readers import pyiceberg_table


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
