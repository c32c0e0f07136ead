"""Lists, maps and structs: missing parts, null and empty, and the layouts of old writers."""

import pyarrow as pa
import pytest
from delta_table import array, field, map_of, struct
from parquet_file import BINARY, INT32, OPTIONAL, REPEATED, REQUIRED, Column, Group, write_parquet


def test_columns_by_name_wherever_they_are(table):
    table.create(field("a", "integer"), field("B", "string"), field("gone", "long"), field("nn", "integer", False))
    table.write(pa.table({"extra": [1.5], "b": ["x"], "A": pa.array([1], pa.int32()), "nn": pa.array([7], pa.int32())}))
    assert table.rows() == [{"a": 1, "B": "x", "gone": None, "nn": 7}]
    assert table.rows("nn, gone, a", "where b = 'x' and gone is null") == [{"nn": 7, "gone": None, "a": 1}]
    assert table.rows(rest="where gone = 1") == []


def test_the_exact_name_comes_first(table):
    table.create(field("a", "integer"))
    write_parquet(table.path / "p.parquet", 1, Column("A", INT32, REQUIRED, [2]), Column("a", INT32, REQUIRED, [1]))
    table.add("p.parquet")
    assert table.values("a") == [1]


def test_missing_fields_and_missing_structs(table):
    inner = struct(field("x", "integer"), field("new", "string"))
    table.create(field("s", inner), field("t", struct(field("only_new", "integer"))), field("l", array(inner)), field("m", map_of("string", inner)), field("none", inner))
    stored = pa.struct([("x", pa.int32())])
    table.write(pa.table({
        "s": pa.array([{"x": 1}, {"x": None}, None], stored), "t": pa.array([{"old": 1}, {"old": None}, None], pa.struct([("old", pa.int32())])),
        "l": pa.array([[{"x": 1}, None], [], None], pa.list_(stored)), "m": pa.array([[("k", {"x": 1}), ("n", None)], [], None], pa.map_(pa.string(), stored)),
    }))
    both = {"x": 1, "new": None}
    assert table.rows("s, l, m, none") == [
        {"s": both, "l": [both, None], "m": [("k", both), ("n", None)], "none": None},
        {"s": {"x": None, "new": None}, "l": [], "m": [], "none": None},
        {"s": None, "l": None, "m": None, "none": None},
    ]
    assert table.values("t") == [{"only_new": None}, {"only_new": None}, None]
    assert table.rows("s.x", "where s.new is null and s.x = 1") == [{"x": 1}]
    assert table.values("s is null") == [False, False, True]


def test_fields_by_name_in_any_order_and_case(table):
    table.create(field("s", struct(field("A", "integer"), field("b", struct(field("c", "string"), field("D", "integer"))))))
    stored = pa.struct([("B", pa.struct([("d", pa.int32()), ("C", pa.string())])), ("extra", pa.int32()), ("a", pa.int32())])
    table.write(pa.table({"s": pa.array([{"B": {"d": 1, "C": "x"}, "extra": 0, "a": 2}], stored)}))
    assert table.values("s") == [{"A": 2, "b": {"c": "x", "D": 1}}]
    assert table.rows("s.b.D", "where s.b.c = 'x'") == [{"D": 1}]


NAMES = ["a.b", "with space", "tick`tick", 'quote"quote', "single'quote", "ünïcode", "a,b;c{}()\n\t=", "select", "日本", "\\back", "%41"]


def test_names_that_need_quotes(table):
    table.create(*(field(name, "integer") for name in NAMES), field("s", struct(*(field(name, "integer") for name in NAMES))))
    values = {name: pa.array([number], pa.int32()) for number, name in enumerate(NAMES)}
    table.write(pa.table({**values, "s": pa.StructArray.from_arrays(list(values.values()), list(values))}))
    numbers = {name: number for number, name in enumerate(NAMES)}
    assert table.rows() == [{**numbers, "s": numbers}]
    for name, number in numbers.items():
        quoted = '"' + name.replace('"', '""') + '"'
        assert table.values(quoted, f"where {quoted} = {number} and s.{quoted} = {number}") == [number]


def old_list(table, element, column, expected):
    table.create(field("l", array(element)))
    write_parquet(table.path / "p.parquet", 3, column)
    table.add("p.parquet")
    assert table.values("l") == expected


# Rows [1, 2], [], null: the entries' definition and repetition levels.
@pytest.mark.parametrize("name", ["array", "l_tuple", "element", "bag"])
def test_lists_of_two_levels(table, name):
    leaf = Column(name, INT32, REPEATED, [1, 2], definition=[2, 2, 1, 0], repetition=[0, 1, 0, 0])
    old_list(table, "integer", Group("l", OPTIONAL, "LIST", leaf), [[1, 2], [], None])


@pytest.mark.parametrize("middle, element", [("list", "element"), ("bag", "array_element"), ("list", "item"), ("x", "array")])
def test_lists_of_three_levels(table, middle, element):
    leaf = Column(element, INT32, OPTIONAL, [1], definition=[3, 2, 1, 0], repetition=[0, 1, 0, 0])
    old_list(table, "integer", Group("l", OPTIONAL, "LIST", Group(middle, REPEATED, None, leaf)), [[1, None], [], None])


@pytest.mark.parametrize("name", ["array", "l_tuple"])
def test_lists_whose_repeated_group_is_the_element(table, name):
    leaf = Column("a", INT32, OPTIONAL, [1], definition=[3, 2, 1, 0], repetition=[0, 1, 0, 0])
    old_list(table, struct(field("a", "integer")), Group("l", OPTIONAL, "LIST", Group(name, REPEATED, None, leaf)), [[{"a": 1}, {"a": None}], [], None])


def test_lists_of_groups_with_several_fields(table):
    levels = {"definition": [3, 2, 1, 0], "repetition": [0, 1, 0, 0]}
    group = Group("array", REPEATED, None, Column("b", INT32, OPTIONAL, [7], **levels), Column("a", INT32, OPTIONAL, [1], **levels))
    old_list(table, struct(field("a", "integer"), field("b", "integer")), Group("l", OPTIONAL, "LIST", group), [[{"a": 1, "b": 7}, {"a": None, "b": None}], [], None])


def test_repeated_columns_without_a_list_around_them(table):
    leaf = Column("l", INT32, REPEATED, [1, 2, 3], definition=[1, 1, 0, 1], repetition=[0, 1, 0, 0])
    old_list(table, "integer", leaf, [[1, 2], [], [3]])


@pytest.mark.parametrize("annotation", ["MAP", "MAP_KEY_VALUE"])
@pytest.mark.parametrize("middle", ["map", "key_value"])
def test_maps_of_old_writers(table, middle, annotation):
    table.create(field("m", map_of("string", "integer")))
    keys = Column("key", BINARY, REQUIRED, [b"a", b"b"], definition=[2, 2, 1, 0], repetition=[0, 1, 0, 0])
    values = Column("value", INT32, OPTIONAL, [1], definition=[3, 2, 1, 0], repetition=[0, 1, 0, 0])
    write_parquet(table.path / "p.parquet", 3, Group("m", OPTIONAL, annotation, Group(middle, REPEATED, None, keys, values)))
    table.add("p.parquet")
    if annotation == "MAP":
        assert table.values("m") == [[("a", 1), ("b", None)], [], None]
    else:
        assert "p.parquet" in table.fails(6)


def test_null_and_empty_stay_apart(table):
    rows = pa.table({"l": pa.array([[], None, [None], [[]]], pa.list_(pa.list_(pa.int32()))), "m": pa.array([[], None, [("k", None)], []], pa.map_(pa.string(), pa.list_(pa.string()))),
                     "s": pa.array([{"x": None}, None, {"x": []}, {"x": [1]}], pa.struct([("x", pa.list_(pa.int32()))]))})
    table.create(field("l", array(array("integer"))), field("m", map_of("string", array("string"))), field("s", struct(field("x", array("integer")))))
    table.write(rows)
    assert table.rows() == rows.to_pylist()


@pytest.mark.parametrize("mode", ["name", "id"])
def test_fields_that_swapped_their_names(table, mode):
    """The struct in the file looks just as the table's; only the mapping says that it isn't."""
    mapped = lambda name, type_, id_, physical: field(name, type_, **{"delta.columnMapping.id": id_, "delta.columnMapping.physicalName": physical})
    inner = struct(mapped("a", "integer", 2, "b"), mapped("b", "integer", 3, "a"))
    table.create(mapped("l", array(inner), 1, "l"), mapped("m", map_of("string", inner), 4, "m"), mapped("s", inner, 5, "s"), versions=(2, 5),
                 configuration={"delta.columnMapping.mode": mode})
    ids = {"a": {b"PARQUET:field_id": b"3"}, "b": {b"PARQUET:field_id": b"2"}}
    stored = pa.struct([pa.field(name, pa.int32(), metadata=ids[name]) for name in "ab"])
    columns = {"l": pa.list_(stored), "m": pa.map_(pa.string(), stored), "s": stored}
    value = {"a": 1, "b": 2}
    rows = {"l": [value], "m": [("k", value)], "s": value}
    schema = pa.schema([pa.field(name, type_, metadata={b"PARQUET:field_id": number}) for (name, type_), number in zip(columns.items(), [b"1", b"4", b"5"])])
    table.write(pa.Table.from_pylist([rows], schema))
    swapped = {"a": 2, "b": 1}
    assert table.rows() == [{"l": [swapped], "m": [("k", swapped)], "s": swapped}]
    assert table.values("s", "where s.a = 2") == [swapped]
