"""What a table's schema may say."""

import decimal
import json

import pyarrow as pa
import pytest
from delta_table import array, field, map_of, struct

ONE = pa.table({"a": pa.array([1], pa.int32()), "s": ["x"]})


def test_metadata_that_readers_need_not_know(table):
    table.create(
        field("a", "integer", **{"delta.invariants": '{"expression":{"expression":"a > 0"}}', "CURRENT_DEFAULT": "7", "comment": "with\nlines"}),
        field("s", "string", **{"__CHAR_VARCHAR_TYPE_STRING": "varchar(10)", "__COLLATIONS": {"s": "ICU.de_DE"}}),
        field("g", "integer", **{"delta.generationExpression": "a + 1", "unknown": [1, {"x": None}]}),
        field("i", "long", **{"delta.identity.start": 1, "delta.identity.step": 1, "delta.identity.allowExplicitInsert": False}),
        writer=["invariants", "allowColumnDefaults", "generatedColumns", "identityColumns", "collations"])
    table.write(ONE)
    assert table.rows() == [{"a": 1, "s": "x", "g": None, "i": None}]


def test_collated_strings_are_strings(table):
    table.create(field("s", "string collate UNICODE_CI"), field("l", array("string collate de")))
    table.write(pa.table({"s": ["x", "X"], "l": [["y"], None]}))
    assert table.rows(rest="where s = 'x'") == [{"s": "x", "l": ["y"]}]


def test_void_columns_are_not_shown(table):
    table.create(field("a", "integer"), field("v", "void"), field("n", struct(field("x", "integer"), field("v", "void"))),
                 field("l", array(struct(field("v", "void"), field("x", "integer")))), field("m", map_of("string", struct(field("v", "void"), field("x", "integer")))))
    x = pa.struct([("x", pa.int32())])
    table.write(pa.table({"a": pa.array([1], pa.int32()), "n": pa.array([{"x": 2}], x), "l": pa.array([[{"x": 3}]], pa.list_(x)), "m": pa.array([[("k", {"x": 4})]], pa.map_(pa.string(), x))}))
    assert table.rows() == [{"a": 1, "n": {"x": 2}, "l": [{"x": 3}], "m": [("k", {"x": 4})]}]


@pytest.mark.parametrize("type_", ["void", array("void"), map_of("string", "void"), struct(field("v", "void"))], ids=str)
def test_void_alone(table, type_):
    table.create(field("v", type_), field("a", "integer"))
    table.write(ONE)
    (row,) = table.rows()
    assert row["a"] == 1 and row.get("v") is None


@pytest.mark.parametrize("type_", [
    "interval day to second", "interval year to month", "interval month", "calendarinterval", "timestamp_nanos", "geometry(OGC:CRS84)", "geography", "uuid", "object",
    "char(5)", "INTEGER", "", "array", "map"])
@pytest.mark.parametrize("nested", [False, True])
def test_types_that_are_not_read_are_refused_by_name(table, type_, nested):
    table.create(field("bad", struct(field("x", array(type_))) if nested else type_), field("a", "integer"))
    error = table.fails(5, "select a from 't'")
    assert "'bad" in error and f"'{type_}'" in error


@pytest.mark.parametrize("type_, value", [("decimal(38,38)", "0." + "0" * 37 + "1"), ("decimal(1,0)", "-9"), ("decimal", "12"), ("decimal( 10 , 2 )", "1.50"), ("decimal(38,0)", "9" * 38)])
def test_decimals(table, type_, value):
    numbers = [int(n) for n in type_.removeprefix("decimal").strip("()").split(",") if n.strip()] or [10, 0]
    table.create(field("d", type_))
    with decimal.localcontext(prec=60):
        table.write(pa.table({"d": pa.array([decimal.Decimal(value)], pa.decimal128(*numbers))}))
    assert table.values("d") == [decimal.Decimal(value)]


@pytest.mark.parametrize("type_", ["decimal(39,0)", "decimal(0,0)", "decimal(5,6)", "decimal(5,-2)", "decimal(5", "decimal()", "decimal(5,2,1)"])
def test_impossible_decimals(table, type_):
    assert "'d'" in table.create(field("d", type_)).fails(6)


def test_names_are_unique_without_regard_to_case(table):
    assert "'A' is there twice" in table.create(field("a", "integer"), field("A", "integer")).fails(6)


def test_fields_of_structs_too(table):
    assert "'s.element.X' is there twice" in table.create(field("s", array(struct(field("x", "integer"), field("X", "integer"))))).fails(6)


def test_an_empty_struct(table):
    table.create(field("a", "integer"), field("s", struct()))
    table.write(ONE.drop_columns("s"))
    assert "'s'" in table.fails(5)


@pytest.mark.parametrize("wrap", [array, lambda t: struct(field("x", t)), lambda t: map_of("string", t)], ids=["array", "struct", "map"])
@pytest.mark.parametrize("depth", [50, 101, 300, 10_000])
def test_deep_types(table, wrap, depth):
    type_ = json.dumps(wrap("@")).split('"@"')
    schema = json.dumps(struct(field("d", "@"), field("a", "integer"))).replace('"@"', type_[0] * depth + '"integer"' + type_[1] * depth)
    table.create(schema=schema)
    table.write(ONE)
    if depth == 50:
        assert table.values("a") == [1] and table.values("d is null") == [True]
    else:
        assert "nested deeper than 100 levels" in table.fails(5)


@pytest.mark.parametrize("schema", ["", "null", "[]", "{}", '{"type":"struct"}', '{"type":"struct","fields":[1]}', '{"type":"struct","fields":[{"name":"a"}]}',
                                    '{"type":"struct","fields":[{"name":"a","type":7}]}', '{"type":"array","elementType":"long"}', '{"type":"struct","fields":'])
def test_schemas_that_are_none(table, schema):
    table.create(schema=schema)
    assert "schema" in table.fails(6)


def test_changed_types_in_arrays_and_maps(table):
    changes = {"delta.typeChanges": [{"fromType": "short", "toType": "integer", "fieldPath": "key"}, {"fromType": "float", "toType": "double", "fieldPath": "value.element"}]}
    table.create(field("m", map_of("integer", array("double")), **changes), reader=["typeWidening"])
    table.write(pa.table({"m": pa.array([[(1, [0.5, None])], None], pa.map_(pa.int16(), pa.list_(pa.float32())))}))
    table.write(pa.table({"m": pa.array([[(70000, [0.1])]], pa.map_(pa.int32(), pa.list_(pa.float64())))}), "b.parquet")
    assert {str(v) for v in table.values("m")} == {"None", "[(1, [0.5, None])]", "[(70000, [0.1])]"}


def test_changed_types_that_do_not_exist(table):
    table.create(field("m", map_of("string", "integer"), **{"delta.typeChanges": [{"fromType": "long", "toType": "integer", "fieldPath": "value"}]}), reader=["typeWidening"])
    assert "'m' was changed from long to integer" in table.fails(5)
