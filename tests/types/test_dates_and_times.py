"""Dates and timestamps as different writers store them."""

import datetime as dt

import pyarrow as pa
import pytest
from delta_table import array, field, map_of, struct

UTC = dt.timezone.utc
MOMENTS = [dt.datetime(2024, 2, 29, 23, 59, 59, 123000), dt.datetime(1900, 1, 1), dt.datetime(1582, 10, 14, 12), dt.datetime(1, 1, 1, 0, 0, 0, 1000), None]
EPOCH = dt.date(1970, 1, 1)


def instants(values):
    return [None if value is None else value.replace(tzinfo=UTC) for value in values]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
@pytest.mark.parametrize("stored_zone", [None, "UTC"], ids=["local", "adjusted"])
@pytest.mark.parametrize("unit", ["ms", "us"])
def test_the_tables_type_counts(table, unit, stored_zone, zone):
    table.create(field("t", "timestamp"), field("n", "timestamp_ntz"), reader=["timestampNtz"])
    stored = pa.array(MOMENTS, pa.timestamp(unit)).cast(pa.timestamp(unit, stored_zone) if stored_zone else pa.timestamp(unit))
    table.write(pa.table({"t": stored, "n": stored}))
    rows = table.lakelet.rows(f"set timezone = '{zone}'; select typeof(t) a, typeof(n) b, epoch_us(t) t, epoch_us(n) n from 't'")
    micros = [None if m is None else (m - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1) for m in MOMENTS]
    assert set(zip(*(rows[c].to_pylist() for c in "ab"))) == {("TIMESTAMP WITH TIME ZONE", "TIMESTAMP")}
    assert rows["t"].to_pylist() == micros and rows["n"].to_pylist() == micros


@pytest.mark.parametrize("type_", ["timestamp", "timestamp_ntz"])
def test_int96(table, type_):
    table.create(field("t", type_), field("l", array(type_)), reader=["timestampNtz"])
    stored = pa.array(MOMENTS, pa.timestamp("us"))
    table.write(pa.table({"t": stored, "l": pa.array([[m] for m in MOMENTS], pa.list_(pa.timestamp("us")))}), use_deprecated_int96_timestamps=True)
    expected = instants(MOMENTS) if type_ == "timestamp" else MOMENTS
    # pyarrow writes INT96 in the range of nanoseconds only, so the file is checked for what it holds
    held = [m for m in expected if m is None or m.year > 1677]
    assert [v for v in table.values("t") if v is None or v.year > 1677] == held
    assert len(table.values("t", "where t > timestamp '2000-01-01'")) == 1


@pytest.mark.parametrize("zone", [None, "UTC"], ids=["local", "adjusted"])
def test_nanoseconds_are_read_where_microseconds_say_the_same(table, zone):
    table.create(field("t", "timestamp"), field("n", "timestamp_ntz"), field("s", struct(field("t", "timestamp"))), reader=["timestampNtz"])
    stored = pa.array([1_700_000_000_123_456_000, -1_000, None], pa.timestamp("ns", zone))
    table.write(pa.table({"t": stored, "n": stored, "s": pa.StructArray.from_arrays([stored], ["t"])}))
    micros = [1_700_000_000_123_456, -1, None]
    rows = table.rows("epoch_us(t) t, epoch_us(n) n, epoch_us(s.t) s")
    assert rows == [{"t": m, "n": m, "s": m} for m in micros]
    assert table.values("epoch_us(t)", "where t < timestamptz '1970-01-01 00:00:00+00'") == [-1]


def test_lost_nanoseconds_are_refused(table):
    table.create(field("id", "integer"), field("t", "timestamp"))
    table.write(pa.table({"id": pa.array([1], pa.int32()), "t": pa.array([1_001], pa.timestamp("ns", "UTC"))}))
    error = table.fails(5)
    assert "'t'" in error and "nanoseconds" in error and "part-0.parquet" in error
    assert table.values("id") == [1]


def days(text):
    """Days since 1970-01-01 of a date of the proleptic Gregorian calendar."""
    return (dt.date.fromisoformat(text) - EPOCH).days


# What a Spark before 3.0 stored for a date, as a day of the proleptic Gregorian calendar: the calendars meet in the third
# century and are 10 days apart in 1582.
HYBRID = [("1582-10-15", "1582-10-15"), ("1582-10-14", "1582-10-04"), ("1500-03-10", "1500-03-01"), ("1500-03-09", "1500-02-28"),
          ("1500-01-10", "1500-01-01"), ("0200-03-01", "0200-03-01"), ("0004-02-27", "0004-02-29"), ("2024-01-01", "2024-01-01")]
LEGACY = [{"org.apache.spark.version": "2.4.5"}, {"org.apache.spark.version": "3.5.0", "org.apache.spark.legacyDateTime": ""}]


@pytest.mark.parametrize("metadata", LEGACY, ids=["2.4", "3.5"])
def test_dates_of_the_hybrid_calendar(table, metadata):
    table.create(field("d", "date"), field("m", map_of("date", "date")))
    stored = pa.array([days(stored) for stored, _ in HYBRID], pa.int32()).cast(pa.date32())
    rows = pa.table({"d": stored, "m": pa.MapArray.from_arrays(pa.array(range(len(HYBRID) + 1), pa.int32()), stored, stored)})
    table.write(rows.replace_schema_metadata(metadata))
    expected = [dt.date.fromisoformat(read) for _, read in HYBRID]
    assert table.values("d") == expected
    assert table.values("m") == [[(d, d)] for d in expected]
    # the bounds in the file are of the other calendar
    assert table.values("d", "where d = date '1582-10-04'") == [dt.date(1582, 10, 4)]
    assert table.values("d", "where d between date '1582-10-05' and date '1582-10-14'") == []


@pytest.mark.parametrize("metadata", [{}, {"org.apache.spark.version": "3.5.0"}], ids=["none", "3.5"])
def test_dates_of_others_stay(table, metadata):
    table.create(field("d", "date"), field("t", "timestamp"))
    stored = [dt.date(1, 1, 1), dt.date(1582, 10, 4), dt.date(9999, 12, 31)]
    moments = [dt.datetime(d.year, d.month, d.day, 1, tzinfo=UTC) for d in stored]
    rows = pa.table({"d": pa.array(stored, pa.date32()), "t": pa.array(moments, pa.timestamp("us", "UTC"))})
    table.write(rows.replace_schema_metadata(metadata))
    assert table.rows() == [{"d": d, "t": t} for d, t in zip(stored, moments)]


def legacy_timestamps(table, zone, moments):
    table.create(field("t", "timestamp"))
    metadata = {"org.apache.spark.version": "3.5.0", "org.apache.spark.legacyDateTime": "", "org.apache.spark.timeZone": zone}
    table.write(pa.table({"t": pa.array(moments, pa.timestamp("us", "UTC"))}).replace_schema_metadata(metadata))


def test_timestamps_of_the_hybrid_calendar(table):
    stored = [dt.datetime(1582, 10, 14, 23, 59, 59, 999999, UTC), dt.datetime(1582, 10, 15, tzinfo=UTC), dt.datetime(1500, 1, 10, 1, 2, 3, tzinfo=UTC)]
    legacy_timestamps(table, "UTC", [*stored, None])
    assert table.values("t") == [dt.datetime(1582, 10, 4, 23, 59, 59, 999999, UTC), stored[1], dt.datetime(1500, 1, 1, 1, 2, 3, tzinfo=UTC), None]
    assert table.values("t", "where t < timestamptz '1500-01-02 00:00:00+00'") == [dt.datetime(1500, 1, 1, 1, 2, 3, tzinfo=UTC)]


def test_old_timestamps_of_other_time_zones_are_refused(table):
    new = dt.datetime(1900, 1, 1, tzinfo=UTC)
    legacy_timestamps(table, "America/Los_Angeles", [new])
    assert table.values("t") == [new]
    table.write(pa.table({"t": pa.array([new, new - dt.timedelta(microseconds=1)], pa.timestamp("us", "UTC"))}).replace_schema_metadata(
        {"org.apache.spark.version": "2.4.8"}), "b.parquet")
    assert "'t'" in table.fails(5) and "b.parquet" in table.fails(5)


def test_days_without_an_annotation_and_wrong_types(table):
    table.create(field("d", "date"))
    table.write(pa.table({"d": pa.array([0, -719162], pa.int32())}))
    assert table.values("d") == [EPOCH, dt.date(1, 1, 1)]
    table.write(pa.table({"d": pa.array([0], pa.timestamp("us"))}), "b.parquet")
    assert "'d' is stored as TIMESTAMP" in table.fails(6)
