"""Filters as the `deltalake` package takes them, as SQL."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Iterable
from typing import Any

_OPERATORS = {"=": "=", "==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def where_of(filters: Any) -> str | None:
    """SQL for text, for [(column, operator, value), ...] (all hold), or for a list of such lists (one of them holds)."""
    if filters is None or isinstance(filters, str):
        return filters or None
    groups = list(filters)
    if not groups:
        return None
    if all(isinstance(each, tuple) for each in groups):
        return _all_of(groups)
    if not all(isinstance(each, list) for each in groups):
        raise ValueError("filters are a list of (column, operator, value), or a list of such lists")
    if not all(groups):
        raise ValueError("a list of filters is empty")
    return " OR ".join(f"({_all_of(group)})" for group in groups)


def _all_of(filters: Iterable[tuple[str, str, Any]]) -> str:
    return " AND ".join(_one(column, operator, value) for column, operator, value in filters)


def _one(column: str, operator: str, value: Any) -> str:
    name = '"' + column.replace('"', '""') + '"'
    word = operator.strip().lower()
    if word in ("in", "not in"):
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise ValueError(f"the filter on {column} needs a list of values")
        values = ", ".join(literal(each) for each in value)
        if not values:
            return "false" if word == "in" else "true"
        return f"{name} {word.upper()} ({values})"
    if word not in _OPERATORS:
        raise ValueError(f"{operator} is no operator of a filter")
    if value is None or value == "":  # how a partition's NULL is written
        return f"{name} IS {'NOT ' if word == '!=' else ''}NULL"
    return f"{name} {_OPERATORS[word]} {literal(value)}"


def literal(value: Any) -> str:
    """A value as SQL. TypeError for what has none."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return f"'{value}'::DOUBLE"
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, datetime.datetime):
        kind = "TIMESTAMP" if value.tzinfo is None else "TIMESTAMPTZ"
        return f"{kind} '{value.isoformat(sep=' ')}'"
    if isinstance(value, datetime.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, bytes):
        return "'" + "".join(f"\\x{byte:02x}" for byte in value) + "'::BLOB"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(each) for each in value) + "]"
    raise TypeError(f"a {type(value).__name__} can't stand in SQL")
