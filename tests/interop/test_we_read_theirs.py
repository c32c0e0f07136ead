"""Tables that deltalake wrote: read, appended to and merged into by lakelet, and read back by deltalake and the others."""

import decimal

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from readers import assert_all_read, assert_same_rows, deltalake_rows

ROWS = pa.table({
    "id": pa.array([1, 2, 3, 4], pa.int64()),
    "city": ["Zürich", "São Paulo", "a/b=c%", None],
    "price": pa.array([decimal.Decimal("1.10"), None, decimal.Decimal("-3.30"), decimal.Decimal("0")], pa.decimal128(12, 2)),
    "seen": pa.array([0, 1_700_000_000_123_456, None, -1], pa.timestamp("us", "UTC")),
    "tags": [["x", None], [], None, ["y"]],
})
MORE = ROWS.slice(0, 2).set_column(0, "id", pa.array([10, 11], pa.int64()))


@pytest.mark.parametrize("partition_by", [None, ["city"]], ids=["plain", "partitioned"])
def test_read_append_and_merge(lakelet, tmp_path, partition_by):
    path = tmp_path / "t"
    write_deltalake(str(path), ROWS, partition_by=partition_by, name="theirs", description="made by deltalake")
    assert_same_rows(lakelet.rows("from 't'"), ROWS)

    pa.parquet.write_table(MORE, tmp_path / "more.parquet")
    report = lakelet.report("import", "t", "more.parquet")
    assert report["version"] == 1 and report["rows_inserted"] == 2
    expected = pa.concat_tables([ROWS, MORE])
    assert_same_rows(lakelet.rows("from 't'"), expected)
    assert_all_read(path, expected)

    pa.parquet.write_table(pa.table({"id": pa.array([1, 99], pa.int64()), "price": pa.array([decimal.Decimal("7.77")] * 2, pa.decimal128(12, 2))}), tmp_path / "s.parquet")
    report = lakelet.report("merge", "t", "--source", "s.parquet", "--on", "target.id = source.id", "--update", "price = source.price", "--insert", "id = source.id, price = source.price")
    assert (report["rows_updated"], report["rows_inserted"]) == (1, 1)
    merged = deltalake_rows(path)
    assert merged.num_rows == 7
    by_id = {r["id"]: r for r in merged.to_pylist()}
    assert by_id[1]["price"] == decimal.Decimal("7.77") and by_id[1]["city"] == "Zürich"
    assert by_id[99]["city"] is None and by_id[2]["price"] is None
    assert_same_rows(lakelet.rows("from 't'"), merged)
    assert_all_read(path, merged)

    # And deltalake goes on from there.
    write_deltalake(str(path), MORE, mode="append")
    DeltaTable(str(path)).delete("id = 10")
    assert_same_rows(lakelet.rows("from 't'"), deltalake_rows(path))


def test_deltalake_checkpoint_is_read(lakelet, tmp_path):
    path = tmp_path / "t"
    for i in range(12):
        write_deltalake(str(path), pa.table({"i": [i], "p": [f"p {i % 2}"]}), mode="append", partition_by=["p"])
    table = DeltaTable(str(path))
    table.create_checkpoint()
    for version in range(11):
        (path / "_delta_log" / ("%020d.json" % version)).unlink()
    assert_same_rows(lakelet.rows("from 't'"), pa.table({"i": list(range(12)), "p": [f"p {i % 2}" for i in range(12)]}))
    lakelet.ok("delete", "t", "--where", "p = 'p 1'")
    assert deltalake_rows(path).num_rows == 6


def test_overwrite_and_schema_evolution_of_theirs(lakelet, tmp_path):
    path = tmp_path / "t"
    write_deltalake(str(path), pa.table({"i": [1, 2], "s": ["a", "b"]}))
    write_deltalake(str(path), pa.table({"i": [3], "new": [1.5]}), mode="append", schema_mode="merge")
    expected = pa.table({"i": [1, 2, 3], "s": ["a", "b", None], "new": [None, None, 1.5]})
    assert_same_rows(lakelet.rows("from 't'"), expected)
    pa.parquet.write_table(pa.table({"i": [4], "ours": [True]}), tmp_path / "more.parquet")
    error = lakelet.fails(8, "import", "t", "more.parquet")
    assert "ours" in error
    assert_same_rows(deltalake_rows(path), expected)
    lakelet.ok("import", "t", "more.parquet", "--schema-mode", "merge")
    grown = pa.table({"i": [1, 2, 3, 4], "s": ["a", "b", None, None], "new": [None, None, 1.5, None], "ours": [None, None, None, True]})
    assert_same_rows(lakelet.rows("from 't'"), grown)
    assert_all_read(path, grown)
    lakelet.ok("import", "t", "more.parquet", "--mode", "overwrite", "--schema-mode", "overwrite")
    assert_all_read(path, pa.table({"i": [4], "ours": [True]}))
