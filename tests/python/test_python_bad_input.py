"""What isn't rows for a table: a clear error or the documented conversion, and the table as it was after an error."""

import datetime
import decimal

import pandas
import polars
import pyarrow
import pytest

import lakelet


@pytest.fixture
def table(here):
    table = lakelet.create("t", "id int not null, name string, at timestamp_ntz, price decimal(5,2)")
    table.append(pyarrow.table({"id": pyarrow.array([1], pyarrow.int32()), "name": ["a"]}))
    return table


def refused(table, data, error, match, **options):
    with pytest.raises(error, match=match):
        table.append(data, **options)
    assert table.refresh().version == 1 and table.count() == 1


class Raising:
    def __iter__(self):
        yield {"id": 7}
        raise OSError("the disk is gone")


def raising_batches():
    yield pyarrow.table({"id": pyarrow.array([2], pyarrow.int32())})
    raise ZeroDivisionError("half-way")


def raising_reader():
    batch = pyarrow.record_batch({"id": pyarrow.array([2], pyarrow.int32())})

    def batches():
        yield batch
        raise RuntimeError("reader half-way")

    return pyarrow.RecordBatchReader.from_batches(batch.schema, batches())


REFUSED = {
    "a number": (lambda: 5, TypeError, "can't be read from a int"),
    "text": (lambda: "day.csv", TypeError, "lakelet.files"),
    "bytes": (lambda: b"abc", TypeError, "can't be read from a bytes"),
    "None": (lambda: None, TypeError, "can't be read from a NoneType"),
    "a list of numbers": (lambda: [1, 2], TypeError, "can't be read from a int"),
    "no rows and no columns": (list, lakelet.InvalidArgument, "no columns"),
    "a dict of unequal lists": (lambda: {"id": [1, 2], "name": ["a"]}, lakelet.InvalidArgument, "differ in length"),
    "a dict of scalars": (lambda: {"id": 1}, TypeError, "id is no list"),
    "columns that aren't text": (lambda: [{1: 2}], TypeError, "name is text"),
    "a frame without columns": (lambda: pandas.DataFrame(index=[0, 1]), lakelet.Error, "column"),
    "an unknown column": (lambda: [{"id": 2, "other": 1}], lakelet.ConstraintViolation, "other"),
    "columns that differ in case alone": (lambda: pyarrow.table({"id": pyarrow.array([2], pyarrow.int32()), "ID": pyarrow.array([2], pyarrow.int32())}), lakelet.Error, "(?i)id"),
    "a column twice": (lambda: pyarrow.Table.from_arrays([pyarrow.array([2], pyarrow.int32())] * 2, ["id", "id"]), lakelet.Error, "id"),
    "a column twice in pandas": (lambda: pandas.DataFrame([[1, 2]], columns=["id", "id"]), lakelet.InvalidArgument, "several columns called id"),
    "text for numbers": (lambda: [{"id": "x"}], lakelet.Error, "x|id"),
    "a value too big": (lambda: [{"id": 2**40}], lakelet.Error, "id|range|INT32"),
    "a number beyond 64 bits": (lambda: [{"id": 2**70}], lakelet.InvalidArgument, "id"),
    "a decimal too wide": (lambda: [{"id": 2, "price": decimal.Decimal("12345.67")}], lakelet.Error, "price|DECIMAL"),
    "NULL where there may be none": (lambda: [{"id": None, "name": "x"}], lakelet.ConstraintViolation, "id"),
    "a needed column left out": (lambda: [{"name": "x"}], lakelet.ConstraintViolation, "id"),
    "several types in one column": (lambda: [{"id": 1}, {"id": "x"}], TypeError, "several types: bigint, string"),
    "a value of a class": (lambda: [{"id": object()}], TypeError, "no column can hold"),
    "a NaN decimal": (lambda: [{"id": 1, "price": decimal.Decimal("NaN")}], lakelet.InvalidArgument, "no decimal"),
    "a type without a column type": (lambda: pyarrow.table({"id": pyarrow.array([(1, 2, 3)], pyarrow.month_day_nano_interval())}), lakelet.Error, "id|INTERVAL"),
    "dicts that raise": (lambda: iter(Raising()), OSError, "the disk is gone"),
    "batches that raise": (raising_batches, ZeroDivisionError, "half-way"),
    "a reader that raises": (raising_reader, lakelet.Error, "reader half-way"),
    "batches that differ": (lambda: iter([pyarrow.table({"id": [1]}), pyarrow.table({"name": ["x"]})]), ValueError, "other columns or types"),
    "a batch that is none": (lambda: iter([pyarrow.table({"id": pyarrow.array([2], pyarrow.int32())}), 5]), TypeError, "can't be read from a int"),
    "a pandas column of objects": (lambda: pandas.DataFrame({"id": [object()]}), lakelet.InvalidArgument, "can't be read as Arrow"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_isnt_rows_of_the_table_is_refused(table, kind):
    data, error, match = REFUSED[kind]
    refused(table, data(), error, match)


def test_a_reader_is_read_once(table):
    reader = pyarrow.table({"id": pyarrow.array([2], pyarrow.int32())}).to_reader()
    rows = lakelet.sql("select 3::INTEGER as id")
    table.append(rows)
    with pytest.raises(ValueError, match="read already"):
        table.append(rows)
    table.append(reader)
    assert table.count() == 3


INT = pyarrow.array([2], pyarrow.int32())
TAKEN = {
    "no rows": (pyarrow.table({"id": INT}).slice(0, 0), []),
    "an empty frame": (pandas.DataFrame({"id": pandas.Series([], dtype="int32"), "name": pandas.Series([], dtype="str")}), []),
    "an empty polars frame": (polars.DataFrame(schema={"id": polars.Int32}), []),
    "a stream of empty batches": (pyarrow.RecordBatchReader.from_batches(pyarrow.schema({"id": pyarrow.int32()}), []), []),
    "chunks": (pyarrow.table({"id": pyarrow.chunked_array([[2], [], [3]], pyarrow.int32())}), [{"id": 2}, {"id": 3}]),
    "other case": (pyarrow.table({"ID": INT, "Name": ["x"]}), [{"id": 2, "name": "x"}]),
    "other order": (pyarrow.table({"name": ["x"], "id": INT}), [{"id": 2, "name": "x"}]),
    "wider numbers that fit": (pyarrow.table({"id": [2]}), [{"id": 2}]),
    "narrower numbers": (pyarrow.table({"id": pyarrow.array([2], pyarrow.int8())}), [{"id": 2}]),
    "unsigned numbers": (pyarrow.table({"id": pyarrow.array([2], pyarrow.uint64())}), [{"id": 2}]),
    "dictionary": (pyarrow.table({"id": INT, "name": pyarrow.array(["x"]).dictionary_encode()}), [{"id": 2, "name": "x"}]),
    "view": (pyarrow.table({"id": INT, "name": pyarrow.array(["x" * 20], pyarrow.string_view())}), [{"id": 2, "name": "x" * 20}]),
    "large": (pyarrow.table({"id": INT, "name": pyarrow.array(["x"], pyarrow.large_string())}), [{"id": 2, "name": "x"}]),
    "run-end": (pyarrow.table({"id": pyarrow.RunEndEncodedArray.from_arrays([2, 3], pyarrow.array([2, 3], pyarrow.int32()))}), [{"id": 2}, {"id": 2}, {"id": 3}]),
    "categories": (pandas.DataFrame({"id": pandas.Series([2], dtype="int32"), "name": pandas.Categorical(["x"])}), [{"id": 2, "name": "x"}]),
    "polars categories": (polars.DataFrame({"id": [2], "name": ["x"]}, schema={"id": polars.Int32, "name": polars.Categorical}), [{"id": 2, "name": "x"}]),
    "nulls": (pyarrow.table({"id": INT, "name": pyarrow.nulls(1)}), [{"id": 2}]),
    "an index of pandas": (pandas.DataFrame({"id": pandas.Series([2], dtype="int32", index=["row"])}), [{"id": 2}]),
    "an extension type": (pyarrow.table({"id": INT, "name": pyarrow.array(['{"a": 1}'], pyarrow.json_())}), [{"id": 2, "name": '{"a": 1}'}]),
    "nanoseconds": (pyarrow.table({"id": INT, "at": pyarrow.array([1_700_000_000_000_000_000], pyarrow.timestamp("ns"))}), [{"id": 2, "at": datetime.datetime(2023, 11, 14, 22, 13, 20)}]),
    "milliseconds": (pyarrow.table({"id": INT, "at": pyarrow.array([1_000], pyarrow.timestamp("ms"))}), [{"id": 2, "at": datetime.datetime(1970, 1, 1, 0, 0, 1)}]),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_what_stands_for_rows_of_the_table_is_taken(table, kind):
    data, expected = TAKEN[kind]
    table.append(data)
    empty = {"id": None, "name": None, "at": None, "price": None}
    assert table.scan(where="id <> 1").order_by("id").to_pylist() == [{**empty, **row} for row in expected]


def test_a_time_out_of_range_is_refused(table):
    seconds = pyarrow.array([2**60], pyarrow.timestamp("s"))
    refused(table, pyarrow.table({"id": INT, "at": seconds}), lakelet.Error, "(?i)timestamp|range|at")


def test_a_failed_merge_leaves_the_table(table):
    with pytest.raises(ZeroDivisionError):
        table.merge(raising_batches(), "target.id = source.id").when_matched_delete().execute()
    with pytest.raises(lakelet.ConstraintViolation, match="(?i)several|more than|twice|two"):
        twice = pyarrow.table({"id": pyarrow.array([1, 1], pyarrow.int32()), "name": ["x", "y"]})
        table.merge(twice, "target.id = source.id").when_matched_update_all().execute()
    assert table.refresh().version == 1


def test_a_failed_first_write_makes_no_table(here):
    with pytest.raises(ZeroDivisionError):
        lakelet.write("t", raising_batches())
    assert not lakelet.exists("t")


def test_arguments_of_the_wrong_type_say_so(table):
    for call in (
        lambda: lakelet.create("u", 5),
        lambda: lakelet.create("u", [1, 2]),
        lambda: lakelet.open(5),
        lambda: lakelet.field("x", 5),
        lambda: table.scan(columns="id"),
        lambda: table.at_version("one"),
        lambda: lakelet.sql("select 1", x=[1]),
    ):
        with pytest.raises(TypeError):
            call()
    for call in (
        lambda: lakelet.create("u", "id frob"),
        lambda: lakelet.write("u", [{"id": 1}], mode="upsert"),
        lambda: table.append([{"id": 1}], schema_mode="sideways"),
        lambda: table.scan(where="id = 1; drop table t").to_pylist(),
        lambda: table.scan(columns=["nope"]).to_pylist(),
        lambda: table.merge([{"id": 1}], "target.id = source.id").execute(),
    ):
        with pytest.raises((lakelet.Error, KeyError)):
            call()


# --- nested columns


@pytest.fixture
def nested(here):
    table = lakelet.create("n", "id bigint, l array<int>, s struct<a int, b string>, m map<string,int>")
    table.append(pyarrow.table({"id": [1]}))
    return table


I8, I32 = pyarrow.int8(), pyarrow.int32()
TEXT = pyarrow.array(["x", "y", None])
NESTED = {
    "large list": ({"l": pyarrow.array([[1, None], [], None], pyarrow.large_list(I32))}, [[1, None], [], None]),
    "list view": ({"l": pyarrow.array([[1, None], [], None], pyarrow.list_view(I32))}, [[1, None], [], None]),
    "list of fixed size": ({"l": pyarrow.array([[1, 2], [3, 4], None], pyarrow.list_(I32, 2))}, [[1, 2], [3, 4], None]),
    "list of narrower numbers": ({"l": pyarrow.array([[1], [None], []], pyarrow.list_(I8))}, [[1], [None], []]),
    "list of wider numbers": ({"l": pyarrow.array([[1], [None], []], pyarrow.list_(pyarrow.int64()))}, [[1], [None], []]),
    "fields of a struct in another order": ({"s": pyarrow.array([{"b": "x", "a": 1}, None, {"b": None, "a": 2}], pyarrow.struct([("b", pyarrow.string()), ("a", I32)]))}, [{"a": 1, "b": "x"}, None, {"a": 2, "b": None}]),
    "dictionary within a struct": ({"s": pyarrow.StructArray.from_arrays([pyarrow.array([1, 2, 3], I32), TEXT.dictionary_encode()], ["a", "b"])}, [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 3, "b": None}]),
    "map": ({"m": pyarrow.array([[("k", 1)], [], None], pyarrow.map_(pyarrow.string(), I32))}, [{"k": 1}, {}, None]),
}


@pytest.mark.parametrize("kind", NESTED)
def test_what_stands_for_nested_values_is_taken(nested, kind):
    columns, expected = NESTED[kind]
    (name,) = columns
    nested.append(pyarrow.table({"id": [2, 3, 4], **columns}))
    assert nested.scan(["id", name], "id > 1").order_by("id").to_pylist() == [{"id": index, name: value} for index, value in enumerate(expected, 2)]


def test_dictionaries_that_differ_by_chunk(table):
    chunks = [pyarrow.array(values).dictionary_encode() for values in (["a", "b"], ["c", None], ["b", "a"])]
    table.append(pyarrow.table({"id": pyarrow.array(range(2, 8), pyarrow.int32()), "name": pyarrow.chunked_array(chunks)}))
    assert [name for _, name in sorted(table.scan(["id", "name"], "id > 1"))] == ["a", "b", "c", None, "b", "a"]


def test_moments_at_the_ends(table):
    """Below a microsecond is lost; years from 1 to 9999 are datetimes; what is none is NULL."""
    nanos = pyarrow.array([1_700_000_000_123_456_789, -1, None], pyarrow.timestamp("ns"))
    table.append(pyarrow.table({"id": pyarrow.array([2, 3, 4], pyarrow.int32()), "at": nanos}))
    table.append(pandas.DataFrame({"id": pandas.Series([5], dtype="int32"), "at": pandas.Series([pandas.NaT], dtype="datetime64[ns]")}))
    table.append([{"id": 6, "at": datetime.datetime(1, 1, 1)}, {"id": 7, "at": datetime.datetime(9999, 12, 31, 23, 59, 59, 999999)}])
    found = dict(table.scan(["id", "at"], "id > 1"))
    assert found[2] == datetime.datetime(2023, 11, 14, 22, 13, 20, 123456) and found[4] is None and found[5] is None
    assert found[3] in (datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), datetime.datetime(1970, 1, 1))
    assert (found[6], found[7]) == (datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59, 999999))


def test_a_moment_that_datetime_cant_hold_is_an_error_of_the_reader(table):
    table.append(pyarrow.table({"id": INT, "at": pyarrow.array([300_000_000_000_000_000], pyarrow.timestamp("us"))}))  # the year 11476
    assert table.count() == 2 and table.scan().order_by("id").to_pyarrow()["at"].cast(pyarrow.int64()).to_pylist()[-1] == 300_000_000_000_000_000
    with pytest.raises((ValueError, OverflowError)):
        table.scan(where="id = 2").to_pylist()
    assert table.scan().to_pyarrow().num_rows == 2


# --- the same through lakelet.deltalake


@pytest.mark.parametrize("kind", REFUSED)
def test_write_deltalake_refuses_it_too(here, kind):
    import lakelet.deltalake as delta

    table = lakelet.create("d", "id int not null, name string, at timestamp_ntz, price decimal(5,2)")
    data, _, _ = REFUSED[kind]
    with pytest.raises(Exception) as caught:
        delta.write_deltalake("d", data(), mode="append")
    assert not isinstance(caught.value, (AttributeError, KeyError, lakelet.Internal)), repr(caught.value)
    assert table.refresh().version == 0


@pytest.mark.parametrize("verb", ["overwrite", "merge", "replace where", "merge with new columns"])
def test_a_source_that_raises_half_way_leaves_the_table(table, verb):
    verbs = {
        "overwrite": lambda: table.overwrite(raising_batches()),
        "replace where": lambda: table.overwrite(raising_batches(), where="id > 0"),
        "merge": lambda: table.merge(raising_batches(), "target.id = source.id").when_not_matched_insert_all().execute(),
        "merge with new columns": lambda: table.merge(raising_batches(), "target.id = source.id", schema_mode="merge").when_not_matched_insert_all().execute(),
    }
    with pytest.raises(ZeroDivisionError):
        verbs[verb]()
    assert table.refresh().version == 1 and list(table.scan(["id"])) == [(1,)]
