"""Rows that are dictionaries: which columns they have, and their values as Arrow keeps them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from . import _values
from ._lakelet import Field, Records, Schema, Type
from .errors import InvalidArgument

_ROWS_OF_A_BATCH = 20_000
_EPOCH_DAY = datetime.date(1970, 1, 1)


def batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[Records]:
    """The rows in batches; the first decides on the columns and their types."""
    iterator = iter(rows)
    schema: Schema | None = None
    while True:
        chunk = [_as_mapping(each) for each in islice(iterator, _ROWS_OF_A_BATCH)]
        if schema is None:
            schema = schema_of(chunk)
        elif not chunk:
            return
        else:
            _require_known_columns(chunk, schema)
        yield Records(chunk, schema)


def _as_mapping(row: Any) -> Mapping[str, Any]:
    if isinstance(row, Mapping):
        return row
    raise TypeError(f"a row is a dict of columns, not a {type(row).__name__}")


def _require_known_columns(rows: list[Mapping[str, Any]], schema: Schema) -> None:
    known = {each.name for each in schema.fields}
    for row in rows:
        for name in row:
            if name not in known:
                raise InvalidArgument(
                    f"the first {_ROWS_OF_A_BATCH} rows have no column {name}",
                    hint="give every row the same columns, None where there is no value",
                )


def schema_of(rows: Sequence[Mapping[str, Any]]) -> Schema:
    """The columns of all rows, in the order in which they appear, each with the type of its values."""
    values: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.items():
            if not isinstance(name, str):
                raise TypeError(f"a column's name is text, not a {type(name).__name__}")
            values.setdefault(name, []).append(value)
    if not values:
        raise InvalidArgument("these rows have no columns", hint="give at least one row, or an empty frame with columns")
    return Schema([Field(name, type_of(name, column)) for name, column in values.items()])


def type_of(name: str, values: Iterable[Any]) -> Type:
    present = [value for value in values if value is not None]
    kinds = {_kind(name, value) for value in present}
    if kinds == {"bigint", "double"}:
        return Type("double")
    if len(kinds) > 1:
        raise TypeError(f"column {name} has values of several types: {', '.join(sorted(kinds))}")
    kind = kinds.pop() if kinds else "null"
    if kind == "null":
        return Type("string")  # nothing but None: a table needs a type, and NULL goes into any
    if kind == "list":
        return Type._list(Field("element", type_of(name, (each for value in present for each in value))))
    if kind == "struct":
        return Type._struct(list(schema_of(present).fields))
    if kind == "decimal":
        return _decimal_type(name, present)
    return Type(kind)


def _kind(name: str, value: Any) -> str:
    import decimal
    import uuid

    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "bigint"
    if isinstance(value, float):
        return "double"
    if isinstance(value, (str, uuid.UUID)):
        return "string"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "binary"
    if isinstance(value, datetime.datetime):
        return "timestamp_ntz" if value.tzinfo is None else "timestamp"
    if isinstance(value, datetime.date):
        return "date"
    if isinstance(value, datetime.time):
        return "time"
    if isinstance(value, decimal.Decimal):
        return "decimal"
    if isinstance(value, Mapping):
        return "struct"
    if isinstance(value, (list, tuple)):
        return "list"
    if hasattr(value, "item") and hasattr(value, "dtype"):  # a number of numpy
        return _kind(name, value.item())
    raise TypeError(f"column {name} has a value of type {type(value).__name__}, which no column can hold")


def _decimal_type(name: str, values: Iterable[Any]) -> Type:
    whole = scale = 0
    for value in values:
        parts = value.as_tuple()
        if not isinstance(parts.exponent, int):
            raise InvalidArgument(f"column {name}: {value} is no decimal number")
        scale = max(scale, -parts.exponent)
        whole = max(whole, len(parts.digits) + parts.exponent)
    if whole + scale > 38:
        raise InvalidArgument(f"column {name}: its values need {whole + scale} digits, and decimals have 38 at most")
    return Type._decimal(max(whole + scale, 1), scale)


def days(value: datetime.date) -> int:
    return (value - _EPOCH_DAY).days


def micros(value: datetime.datetime) -> int:
    return _values.micros_of(value)


def time_micros(value: datetime.time) -> int:
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond


def unscaled(value: Any, precision: int, scale: int) -> int:
    """A decimal's digits at this scale. ValueError if they don't fit."""
    import decimal

    number = decimal.Decimal(value).scaleb(scale, decimal.Context(prec=60))
    whole = int(number)
    if whole != number or abs(whole) >= 10**precision:
        raise ValueError(f"{value} isn't a decimal({precision},{scale})")
    return whole
