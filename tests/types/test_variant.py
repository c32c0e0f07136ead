"""Variant columns: as Spark writes them and as DuckDB does, plain and shredded, nested, damaged."""

import datetime
import json
import struct as bits

import duckdb
import pyarrow as pa
import pytest
import variant_bytes as v
from delta_table import array, field, map_of, struct

STORED = pa.struct([pa.field("value", pa.binary(), False), pa.field("metadata", pa.binary(), False)])
FEATURES = ["variantType-preview", "variantType", "variantShredding-preview", "variantShredding"]

NO_NAMES = v.metadata()
PRIMITIVES = [
    (v.primitive(0), "null"),
    (v.primitive(1), "true"),
    (v.primitive(2), "false"),
    (v.primitive(3, b"\x80"), "-128"),
    (v.primitive(4, bits.pack("<h", -32768)), "-32768"),
    (v.integer(-2147483648), "-2147483648"),
    (v.primitive(6, bits.pack("<q", 2**63 - 1)), "9223372036854775807"),
    (v.primitive(7, bits.pack("<d", 0.1)), "0.1"),
    (v.primitive(7, bits.pack("<d", float("inf"))), '"Infinity"'),
    (v.primitive(14, bits.pack("<f", 1.5)), "1.5"),
    (v.primitive(14, bits.pack("<f", float("nan"))), '"NaN"'),
    (v.decimal(8, 2, 5), "0.05"),
    (v.decimal(8, 2, 0), "0"),
    (v.decimal(8, 9, -1), "-0.000000001"),
    (v.decimal(9, 2, 123456789012345600), "1234567890123456"),
    (v.decimal(10, 38, 10**38 - 1), "0." + "9" * 38),
    (v.decimal(10, 0, -(10**38 - 1)), "-" + "9" * 38),
    (v.primitive(11, bits.pack("<i", -719162)), '"0001-01-01"'),
    (v.primitive(12, bits.pack("<q", 1_706_702_400_500_000)), '"2024-01-31 12:00:00.5+00:00"'),
    (v.primitive(13, bits.pack("<q", -1)), '"1969-12-31 23:59:59.999999"'),
    (v.primitive(15, bits.pack("<I", 3) + b"\x00\xff\x10"), '"AP8Q"'),
    (v.text("short \"quoted\""), '"short \\"quoted\\""'),
    (v.text("é" * 50), '"' + "é" * 50 + '"'),
    (v.primitive(17, bits.pack("<q", 3_723_000_001)), '"01:02:03.000001"'),
    (v.primitive(18, bits.pack("<q", 1_000)), '"1970-01-01 00:00:00.000001+00:00"'),
    (v.primitive(19, bits.pack("<q", 1_000_000_001)), '"1970-01-01 00:00:01.000000001"'),
    (v.primitive(20, bytes(range(16))), '"00010203-0405-0607-0809-0a0b0c0d0e0f"'),
    (v.array(), "[]"),
    (v.array(v.integer(1), v.primitive(0), v.array(v.text("x"))), '[1,null,["x"]]'),
]


def stored(values, names=NO_NAMES):
    return pa.array([None if value is None else {"value": value, "metadata": names} for value in values], STORED)


@pytest.mark.parametrize("feature", FEATURES)
def test_every_primitive_type(table, feature):
    table.create(field("v", "variant"), reader=["variantType", feature])
    table.write(pa.table({"v": stored([value for value, _ in PRIMITIVES])}))
    assert table.values("v") == [text for _, text in PRIMITIVES]


def test_null_and_the_variant_null_stay_apart(table):
    table.create(field("v", "variant"), reader=["variantType"])
    table.write(pa.table({"v": stored([None, v.primitive(0), v.integer(7)])}))
    assert table.values("v") == [None, "null", "7"]
    assert table.values("v is null") == [True, False, False]
    assert table.values("v", "where v is not null") == ["null", "7"]
    assert table.values("v::int", "where v::int = 7") == [7]


def test_objects_are_reached_into(table):
    names = v.metadata("b", "a", "é.x")
    value = v.obj(_1=v.integer(1), _0=v.array(v.integer(2), v.obj(_2=v.text("deep"))))
    table.create(field("id", "integer"), field("v", "variant"), reader=["variantType"])
    table.write(pa.table({"id": pa.array([1, 2], pa.int32()), "v": stored([value, None], names)}))
    assert json.loads(table.values("v")[0]) == {"a": 1, "b": [2, {"é.x": "deep"}]}
    assert table.rows("typeof(v) t, v.a::int a, v.b[2].\"é.x\"::varchar d", "where id = 1") == [{"t": "VARIANT", "a": 1, "d": "deep"}]
    assert table.values("id", "where v.a::int = 1") == [1]


def test_nested_in_everything(table):
    one, two = {"value": v.integer(1), "metadata": NO_NAMES}, {"value": v.text("x"), "metadata": NO_NAMES}
    table.create(field("s", struct(field("v", "variant"), field("n", "integer"))), field("l", array("variant")),
                 field("m", map_of("string", "variant")), field("d", array(struct(field("v", array("variant"))))), reader=["variantType"])
    table.write(pa.table({
        "s": pa.array([{"v": one, "n": 1}, {"v": None, "n": 2}, None], pa.struct([("v", STORED), ("n", pa.int32())])),
        "l": pa.array([[one, None, two], [], None], pa.list_(STORED)),
        "m": pa.array([[("k", two), ("n", None)], [], None], pa.map_(pa.string(), STORED)),
        "d": pa.array([[{"v": [one]}, None, {"v": None}], [], None], pa.list_(pa.struct([("v", pa.list_(STORED))]))),
    }))
    assert table.rows() == [
        {"s": {"v": "1", "n": 1}, "l": ["1", None, '"x"'], "m": [("k", '"x"'), ("n", None)], "d": [{"v": ["1"]}, None, {"v": None}]},
        {"s": {"v": None, "n": 2}, "l": [], "m": [], "d": []},
        {"s": None, "l": None, "m": None, "d": None},
    ]
    assert table.rows("s.n", "where s.v::int = 1") == [{"n": 1}]
    assert table.values("len(l)") == [3, 0, None]


def test_beside_partitions_deletes_and_added_columns(table):
    table.create(field("v", "variant"), field("p", "string"), partition_by=["p"], reader=["variantType"])
    table.write(pa.table({"v": stored([v.integer(1), v.integer(2)])}), "a.parquet", values={"p": "a"})
    table.write(pa.table({"other": pa.array([1], pa.int32())}), "b.parquet", values={"p": "b"})
    assert table.rows(rest="order by p, v::int") == [{"v": "1", "p": "a"}, {"v": "2", "p": "a"}, {"v": None, "p": "b"}]
    assert table.rows(rest="where p = 'a' and v::int > 1") == [{"v": "2", "p": "a"}]
    assert [r["v"] for r in table.lakelet.rows("from 't' at (version => 1) order by v::int").to_pylist()] == ["1", "2"]


def shredded(type_, rows):
    """(value, typed value) of each row as a shredded column whose typed value has this Arrow type."""
    group = pa.struct([pa.field("metadata", pa.binary()), pa.field("value", pa.binary()), pa.field("typed_value", type_)])
    return pa.array([None if row is None else {"metadata": row[2] if len(row) > 2 else NO_NAMES, "value": row[0], "typed_value": row[1]} for row in rows], group)


def leaf(type_):
    return pa.struct([pa.field("value", pa.binary()), pa.field("typed_value", type_)])


@pytest.mark.parametrize("type_, typed, text", [
    (pa.int8(), -5, "-5"),
    (pa.int64(), 2**62, str(2**62)),
    (pa.float64(), 2.5, "2.5"),
    (pa.decimal128(9, 4), __import__("decimal").Decimal("1.2300"), "1.23"),
    (pa.decimal128(38, 10), __import__("decimal").Decimal("-7.5"), "-7.5"),
    (pa.bool_(), True, "true"),
    (pa.string(), "téxt", '"téxt"'),
    (pa.binary(), b"\x01", '"AQ=="'),
    (pa.date32(), datetime.date(2024, 2, 29), '"2024-02-29"'),
    (pa.timestamp("us"), datetime.datetime(2024, 1, 1, 1, 2, 3, 4), '"2024-01-01 01:02:03.000004"'),
    (pa.timestamp("us", "UTC"), datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), '"2024-01-01 00:00:00+00:00"'),
])
def test_shredded_primitives(table, type_, typed, text):
    table.create(field("v", "variant"), reader=["variantType", "variantShredding"])
    table.write(pa.table({"v": shredded(type_, [(None, typed), (v.text("other"), None), (None, None), None])}))
    # "If a Variant is missing in a context where a value is required, readers must return a Variant null"
    assert table.values("v") == [text, '"other"', "null", None]


def test_shredded_objects_and_arrays(table):
    fields = pa.struct([("a", leaf(pa.int32())), ("b", leaf(pa.list_(leaf(pa.string()))))])
    names = v.metadata("z")
    rows = [
        (None, {"a": {"value": None, "typed_value": 1}, "b": {"value": None, "typed_value": [{"value": None, "typed_value": "x"}, {"value": v.integer(2), "typed_value": None}]}}),
        (v.obj(_0=v.primitive(1)), {"a": {"value": v.text("not an int"), "typed_value": None}, "b": {"value": None, "typed_value": None}}, names),
        (v.array(v.integer(1)), None),
        (None, {"a": {"value": None, "typed_value": None}, "b": {"value": v.primitive(0), "typed_value": None}}),
        None,
    ]
    table.create(field("v", "variant"), field("l", array("variant")), reader=["variantType", "variantShredding"])
    column = shredded(fields, rows)
    table.write(pa.table({"v": column, "l": pa.ListArray.from_arrays(pa.array([0, 2, 4, 4, 5, 5], pa.int32()), column)}))
    texts = ['{"a":1,"b":["x",2]}', '{"a":"not an int","z":true}', "[1]", '{"b":null}', None]
    assert table.values("v") == texts
    assert table.values("l") == [texts[:2], texts[2:4], [], [None], []]
    assert table.values("v.a::varchar") == ["1", "not an int", None, None, None]


def test_shredded_as_duckdb_writes_it(table):
    queries = ["{'a': i, 'b': {'c': 'x' || i, 'd': [i, i + 1]}, 'e': i / 4}", "i", "'t' || i", "[i, null]", "null"]
    expression = "case i % 5 " + " ".join(f"when {n} then ({q})::variant" for n, q in enumerate(queries)) + " end"
    con = duckdb.connect()
    con.execute(f"copy (select i, {expression} v from range(5000) r(i)) to '{table.path}/d.parquet' "
                "(format parquet, shredding {'v': 'struct(a bigint, b struct(c varchar, d bigint[]))'})")
    table.create(field("i", "long"), field("v", "variant"), reader=["variantType", "variantShredding"]).add("d.parquet")
    theirs = con.execute(f"select i, v::json::varchar from '{table.path}/d.parquet' order by i").fetchall()
    ours = [(row["i"], row["v"]) for row in table.rows(rest="order by i")]
    as_json = lambda rows: [(i, None if t is None else json.loads(t)) for i, t in rows]
    assert len(ours) == 5000 and as_json(ours) == as_json(theirs)


def test_statistics_of_variants_are_passed_over(table):
    table.create(field("i", "integer"), field("v", "variant"), reader=["variantType"])
    table.write(pa.table({"i": pa.array([1, 5], pa.int32()), "v": stored([v.integer(1), None])}),
                stats={"numRecords": 2, "minValues": {"i": 1, "v": "0S&u&0S&u&00000"}, "maxValues": {"i": 5, "v": "~~"}, "nullCount": {"i": 0, "v": 1}})
    assert table.values("v", "where i > 4") == [None]
    assert table.values("i", "where v is not null") == [1]
    assert table.values("i", "where v::int = 1") == [1]


DAMAGED = {
    "an empty value": (NO_NAMES, b""),
    "a text that breaks off": (NO_NAMES, bytes([10 << 2 | 1]) + b"abc"),
    "a text that isn't UTF-8": (NO_NAMES, bytes([1 << 2 | 1]) + b"\xff"),
    "no metadata": (b"", v.integer(1)),
    "metadata that breaks off": (b"\x11\x05\x00", v.integer(1)),
    "a field without a name": (NO_NAMES, v.obj(_0=v.integer(1))),
    "an offset behind the end": (NO_NAMES, bytes([3, 1, 200, 201]) + v.integer(1)),
    "a decimal with scale 99": (NO_NAMES, v.primitive(8, b"\x63\x01\x00\x00\x00")),
    "parts that overlap": (NO_NAMES, bytes([3, 255]) + bytes(256) + v.array(v.integer(1))),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_damaged_values_are_refused(table, what):
    names, value = DAMAGED[what]
    table.create(field("v", "variant"), reader=["variantType"])
    table.write(pa.table({"v": stored([v.integer(1), value], names)}))
    assert "part-0.parquet" in table.fails(6)


def test_unknown_encodings_and_depth_are_refused(table):
    deep = v.integer(1)
    for _ in range(3000):
        deep = v.array(deep)
    for number, (names, value) in enumerate([(b"\x02\x00\x00", v.integer(1)), (NO_NAMES, v.primitive(40)), (NO_NAMES, deep)]):
        table.path = table.path.parent / f"t{number}"
        (table.path / "_delta_log").mkdir(parents=True)
        table.version = -1
        table.create(field("v", "variant"), reader=["variantType"])
        table.write(pa.table({"v": stored([value], names)}))
        table.lakelet.fails(5, "sql", "--quiet", f"from 't{number}'")


def test_a_file_with_something_else_is_refused(table):
    table.create(field("v", "variant"), reader=["variantType"])
    table.write(pa.table({"v": ["text"]}))
    assert "'v' is stored as VARCHAR" in table.fails(6)


def test_written_whole(table):
    table.create(field("v", "variant"), field("i", "integer"), reader=["variantType"])
    table.write(pa.table({"v": stored([v.integer(1)]), "i": pa.array([1], pa.int32())}))
    table.lakelet.ok("sql", "insert into 't' values ('{\"a\": [1, \"x\", null]}'::json::variant, 2), (3::variant, 3), (4::variant, 4)")
    table.lakelet.ok("sql", "update 't' set i = 5 where i = 1")
    table.lakelet.ok("sql", "delete from 't' where i = 4")
    assert sorted(table.rows(), key=lambda row: row["i"]) == [{"v": '{"a":[1,"x",null]}', "i": 2}, {"v": "3", "i": 3}, {"v": "1", "i": 5}]
    for file in table.path.glob("part-*.parquet"):
        assert sorted(child.name for child in pa.parquet.read_schema(file).field("v").type) == ["metadata", "value"]


def test_null_is_not_the_variant_null(table):
    """What is copied keeps them apart too."""
    table.create(field("v", "variant"), field("i", "integer"), reader=["variantType"])
    table.write(pa.table({"v": stored([v.primitive(0)]), "i": pa.array([1], pa.int32())}))
    table.lakelet.ok("sql", "insert into 't' values (null, 2), ({'a': null}::variant, 3)")
    table.lakelet.ok("sql", "update 't' set i = i + 10 where true")
    for file in table.path.glob("part-*.parquet"):
        assert pa.parquet.ParquetFile(file).schema.column(0).max_definition_level == 1  # required within an optional group
    assert sorted(table.rows(), key=lambda row: row["i"]) == [{"v": "null", "i": 11}, {"v": None, "i": 12}, {"v": '{"a":null}', "i": 13}]
    table.lakelet.ok("sql", "delete from 't' where v is null and i = 12")
    assert sorted(row["i"] for row in table.rows()) == [11, 13]


def test_inside_of_other_types(table):
    parts = [field("s", {"type": "struct", "fields": [field("v", "variant"), field("n", "integer")]}),
             field("l", {"type": "array", "elementType": "variant", "containsNull": True}),
             field("m", {"type": "map", "keyType": "string", "valueType": "variant", "valueContainsNull": True})]  # fmt: skip
    table.create(*parts, field("i", "integer"), reader=["variantType"])
    table.lakelet.ok("sql", """insert into 't' values ({'v': {'a': 1}::variant, 'n': 1}, [2::variant, 'x'::variant], map {'k': true::variant}, 1),
                               ({'v': null, 'n': 2}, [], map {}, 2), (null, null, null, 3)""")  # fmt: skip
    table.lakelet.ok("sql", "update 't' set s = {'v': l[1], 'n': 5} where i = 1")
    assert sorted(table.rows(), key=lambda row: row["i"]) == [
        {"s": {"v": "2", "n": 5}, "l": ["2", '"x"'], "m": [("k", "true")], "i": 1},
        {"s": {"v": None, "n": 2}, "l": [], "m": [], "i": 2},
        {"s": None, "l": None, "m": None, "i": 3},
    ]


def test_every_output_is_json_text(table):
    table.create(field("v", "variant"), reader=["variantType"])
    table.write(pa.table({"v": stored([v.obj(_0=v.integer(1))], v.metadata("a"))}))
    assert table.lakelet.ok("view", "t", "--format", "csv").splitlines() == ["v", '"{""a"":1}"']
    assert json.loads(table.lakelet.ok("view", "t", "--format", "jsonl")) == {"v": '{"a":1}'}
    table.lakelet.ok("sql", "--quiet", "--output", "out.parquet", "from 't'")
    assert pa.parquet.read_table(table.path.parent / "out.parquet").to_pylist() == [{"v": '{"a":1}'}]
