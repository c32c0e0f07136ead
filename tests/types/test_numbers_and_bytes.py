"""Numbers, text and binary as different writers store them."""

import decimal

import pyarrow as pa
import pytest
from delta_table import array, field, struct
from parquet_file import BINARY, REQUIRED, Column, write_parquet

D = decimal.Decimal
INTEGERS = {"byte": 8, "short": 16, "integer": 32, "long": 64}


@pytest.mark.parametrize("stored", ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"])
@pytest.mark.parametrize("type_", INTEGERS)
def test_integers(table, type_, stored):
    """64 stored bits go into a long alone; up to 32 go into any, where a value that doesn't fit is an error."""
    table.create(field("n", type_))
    arrow = getattr(pa, stored)()
    table.write(pa.table({"n": pa.array([0, 100, None], arrow)}))
    if "64" in stored and type_ != "long":
        assert "'n' is stored as" in table.fails(6)
        return
    assert table.values("n") == [0, 100, None]
    assert table.values("n", "where n > 50") == [100]
    top = 2 ** (arrow.bit_width - (0 if stored.startswith("u") else 1)) - 1
    table.write(pa.table({"n": pa.array([top], arrow)}), "b.parquet")
    if top < 2 ** (INTEGERS[type_] - 1):
        assert table.values("n", "where n > 100 or n = 100 order by n") == sorted([100, top])
    else:
        assert "b.parquet" in table.fails(6)


@pytest.mark.parametrize("width, stored_width", [(9, 9), (18, 9), (18, 18), (38, 9), (38, 38)])
@pytest.mark.parametrize("as_integer", [True, False], ids=["integer", "bytes"])
def test_decimals(table, width, stored_width, as_integer):
    values = [D("1.23"), D("-" + "9" * (stored_width - 2) + ".99"), D("0.01"), None]
    table.create(field("d", f"decimal({width},2)"))
    with decimal.localcontext(prec=60):
        table.write(pa.table({"d": pa.array(values, pa.decimal128(stored_width, 2))}), store_decimal_as_integer=as_integer)
        assert table.values("d") == values
        assert table.values("d", "where d = 0.01") == [D("0.01")]


@pytest.mark.parametrize("type_, stored", [
    ("decimal(10,2)", pa.decimal128(12, 2)),  # less room
    ("decimal(12,2)", pa.decimal128(12, 3)),  # digits would be lost
    ("decimal(12,4)", pa.decimal128(12, 2)),  # less room before the point
    ("decimal(12,2)", pa.float64()),
    ("double", pa.decimal128(12, 2)),
    ("float", pa.float64()),
    ("double", pa.int64()),
    ("long", pa.float64()),
    ("integer", pa.string()),
    ("string", pa.int32()),
    ("boolean", pa.int32()),
    ("long", pa.timestamp("us")),
    ("timestamp", pa.int64()),
    ("string", pa.list_(pa.string())),
])
def test_what_would_be_a_guess_is_refused(table, type_, stored):
    table.create(field("x", type_), field("other", "integer"), field("s", struct(field("x", type_))))
    values = pa.array([None], stored)
    table.write(pa.table({"x": values, "other": pa.array([1], pa.int32()), "s": pa.StructArray.from_arrays([values], ["x"])}))
    assert "'x' is stored as" in table.fails(6, "select x from 't'")
    assert "'s.x' is stored as" in table.fails(6, "select s from 't'")
    assert table.values("other") == [1]


def test_widened_numbers(table):
    table.create(field("a", "long"), field("b", "double"), field("c", "double"), field("d", "decimal(12,2)"), field("l", array("long")),
                 reader=["typeWidening"])
    table.write(pa.table({"a": pa.array([1], pa.int16()), "b": pa.array([0.1], pa.float32()), "c": pa.array([7], pa.int32()),
                          "d": pa.array([12], pa.int32()), "l": pa.array([[1, None]], pa.list_(pa.int32()))}))
    assert table.rows() == [{"a": 1, "b": 0.10000000149011612, "c": 7.0, "d": D("12.00"), "l": [1, None]}]
    assert table.values("a", "where b > 0.1 and a = 1") == [1]
    assert table.values("a", "where c < 7.5 and c > 6.5") == [1]
    assert table.values("a", "where d = 12.004") == []


def test_nan_is_found_above_all_numbers(table):
    table.create(field("x", "double"), field("f", "float"))
    values = [1.0, float("nan"), 2.0]
    table.write(pa.table({"x": pa.array(values), "f": pa.array(values, pa.float32())}))
    assert len(table.values("x", "where x > 100")) == 1
    assert len(table.values("f", "where f > 100")) == 1
    assert len(table.values("x", "where x = 'nan'::double")) == 1


TEXTS = ["", "plain", "Zürich", "日本", "a\\x41b", "\0", None]


def test_text_and_bytes_differ_in_an_annotation_alone(table):
    table.create(field("s", "string"), field("b", "binary"), field("l", array("string")), field("m", struct(field("b", "binary"))))
    raw = [None if t is None else t.encode() for t in TEXTS]
    table.write(pa.table({"s": pa.array(raw, pa.binary()), "b": pa.array(TEXTS, pa.string()), "l": pa.array([[r] for r in raw], pa.list_(pa.binary())),
                          "m": pa.StructArray.from_arrays([pa.array(TEXTS)], ["b"])}))
    assert table.rows() == [{"s": t, "b": r, "l": [t], "m": {"b": r}} for t, r in zip(TEXTS, raw)]
    assert table.values("s", "where s = 'Zürich'") == ["Zürich"]
    assert table.values("s", "where b = 'plain'::blob") == ["plain"]


def test_bytes_of_fixed_length(table):
    table.create(field("b", "binary"), field("s", "string"))
    table.write(pa.table({"b": pa.array([b"\x00\xff", None], pa.binary(2)), "s": pa.array([b"ab", None], pa.binary(2))}))
    assert table.rows() == [{"b": b"\x00\xff", "s": "ab"}, {"b": None, "s": None}]


def test_bytes_that_are_no_text_are_refused(table):
    table.create(field("s", "string"))
    table.write(pa.table({"s": pa.array([b"\xff\xfe"], pa.binary())}))
    assert "part-0.parquet" in table.fails(6)


def test_bytes_that_a_file_calls_geometry(table):
    point = bytes.fromhex("0101000000000000000000f03f0000000000000040")
    geo = '{"version":"1.1.0","primary_column":"g","columns":{"g":{"encoding":"WKB","geometry_types":["Point"]}}}'
    table.create(field("g", "binary"))
    table.write(pa.table({"g": pa.array([point, None], pa.binary())}).replace_schema_metadata({"geo": geo}))
    assert table.values("g") == [point, None]


@pytest.mark.parametrize("options", [
    {"compression": "none"}, {"compression": "gzip"}, {"compression": "brotli"}, {"compression": "lz4"}, {"compression": "zstd"},
    {"use_dictionary": False}, {"data_page_version": "2.0"}, {"write_page_index": True}, {"row_group_size": 7, "data_page_size": 10},
    {"use_dictionary": False, "column_encoding": {"i": "DELTA_BINARY_PACKED", "s": "DELTA_BYTE_ARRAY"}},
    {"use_dictionary": False, "column_encoding": {"f": "BYTE_STREAM_SPLIT", "s": "DELTA_LENGTH_BYTE_ARRAY"}},
], ids=str)
def test_encodings(table, options):
    rows = pa.table({"i": pa.array([*range(100), None], pa.int32()), "s": [*(f"text {n % 13}" for n in range(100)), None], "f": pa.array([*range(100), None], pa.float64())})
    table.create(field("i", "integer"), field("s", "string"), field("f", "double"))
    table.write(rows, **options)
    assert table.rows() == rows.to_pylist()
    assert table.values("i", "where i in (3, 99)") == [3, 99]


def test_unsigned_and_booleans_in_nested_columns(table):
    table.create(field("l", array(struct(field("b", "boolean"), field("n", "long")))))
    table.write(pa.table({"l": pa.array([[{"b": True, "n": 2**32 - 1}, None]], pa.list_(pa.struct([("b", pa.bool_()), ("n", pa.uint32())])))}))
    assert table.values("l") == [[{"b": True, "n": 2**32 - 1}, None]]


def test_bounds_of_old_writers_are_not_believed(table):
    """They were made by comparing signed bytes, by which é comes before a."""
    table.create(field("s", "string"), field("b", "binary"))
    texts = ["é".encode(), b"a", b"z"]
    write_parquet(table.path / "p.parquet", 3, *(Column(name, BINARY, REQUIRED, texts, old_bounds=("é".encode(), b"z")) for name in "sb"))
    table.add("p.parquet")
    for text in ["é", "a", "z"]:
        assert table.values("s", f"where s = '{text}'") == [text]
        assert table.values("s", f"where b = encode('{text}')") == [text]
    assert table.values("s", "where s > 'z'") == ["é"]


def test_bytes_that_a_file_calls_a_uuid(table):
    table.create(field("b", "binary"))
    table.write(pa.table({"b": pa.array([bytes(range(16)), None], pa.uuid())}))
    assert table.values("b") == [bytes(range(16)), None]
