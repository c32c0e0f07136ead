"""The other engines' views of a Delta table, and how rows are compared."""

import datetime
import decimal
import math
import os

import duckdb
import duckdb_extension_delta
import polars
import pyarrow as pa
from deltalake import DeltaTable


def deltalake_rows(path, version=None):
    return DeltaTable(str(path), version=version).to_pyarrow_table()


def duckdb_connection():
    folder = os.path.join(os.path.dirname(duckdb_extension_delta.__file__), "extensions", "v" + duckdb.__version__)
    con = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    con.execute(f"load '{folder}/delta.duckdb_extension'")
    con.execute("set timezone = 'UTC'")
    return con


def duckdb_rows(path, version=None):
    return duckdb_connection().execute(f"from delta_scan('{path}')").to_arrow_table()


def polars_rows(path, version=None):
    return polars.read_delta(str(path), version=version).to_arrow()


READERS = {"deltalake": deltalake_rows, "duckdb": duckdb_rows, "polars": polars_rows}


def plain(value):
    """A value that compares and sorts alike whichever engine it came from."""
    if value is None:
        return (0,)
    if isinstance(value, bool):
        return (1, int(value))
    if isinstance(value, float):
        return (2, "nan") if math.isnan(value) else (2, repr(value + 0.0))
    if isinstance(value, int):
        return (1, value)
    if isinstance(value, decimal.Decimal):
        return (1, value.normalize().as_tuple().__repr__() if value else "0")
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return (3, value.isoformat(timespec="microseconds"))
    if isinstance(value, datetime.date):
        return (3, value.isoformat())
    if isinstance(value, dict):
        return (4, tuple((k, plain(v)) for k, v in value.items()))
    if isinstance(value, list):
        if value and all(isinstance(x, tuple) and len(x) == 2 for x in value):  # a map
            return (5, tuple(sorted((plain(k), plain(v)) for k, v in value)))
        return (6, tuple(plain(v) for v in value))
    if isinstance(value, (bytes, bytearray)):
        return (7, bytes(value))
    return (8, str(value))


def canonical(table, columns=None):
    """Rows of an Arrow table as a sorted list of plain tuples, in the given or in alphabetic column order."""
    columns = columns or sorted(table.column_names)
    lists = [table.column(name).to_pylist() for name in columns]
    return sorted(tuple(plain(v) for v in row) for row in zip(*lists)) if lists else []


def assert_same_rows(actual, expected, why=""):
    assert isinstance(actual, pa.Table) and isinstance(expected, pa.Table)
    assert sorted(actual.column_names) == sorted(expected.column_names), why
    assert canonical(actual) == canonical(expected), why


def assert_all_read(path, expected):
    """Every other engine reads exactly these rows."""
    for name, read in READERS.items():
        assert_same_rows(read(path), expected, name)
