"""Rows on their way into a Delta table: types that Delta lacks become those that it has."""

from __future__ import annotations

from typing import Any

from .. import _data, _records, _session
from .._lakelet import Schema, Source
from .._rows import Rows

# lakelet's type -> the Delta type's SQL name.
_CASTS = {
    "utinyint": "TINYINT",
    "usmallint": "SMALLINT",
    "uint": "INTEGER",
    "ubigint": "BIGINT",
    "timestamp_ns": "TIMESTAMP",
    "timestamptz_ns": "TIMESTAMPTZ",
}


def arrow_of(data: Any) -> Any:
    """The rows as something with an Arrow stream. TypeError for what has none."""
    arrow = _data.as_arrow(data)
    if arrow is not None:
        return arrow
    if isinstance(data, (list, tuple)) and data and _data.as_arrow(data[0]) is not None:
        import pyarrow

        return pyarrow.RecordBatchReader.from_batches(pyarrow.schema(data[0].schema), map(pyarrow.record_batch, data))
    if isinstance(data, list) and data:
        return next(_records.batches(data))
    raise TypeError(_data._no_rows(data))


def columns_of(arrow: Any) -> Schema | None:
    """Its columns, without taking rows from it; None where that can't be known."""
    if hasattr(arrow, "__arrow_c_schema__"):
        return Schema.from_arrow(arrow)
    schema = getattr(arrow, "schema", None)
    if schema is not None and hasattr(schema, "__arrow_c_schema__"):
        return Schema.from_arrow(schema)
    if hasattr(arrow, "__arrow_c_stream__") and type(arrow).__module__.startswith("polars"):
        return Schema.from_arrow(arrow)
    return None


def delta_source(data: Any, table: Schema | None, storage_options: Any) -> Source:
    if isinstance(data, Source):
        return data
    arrow = arrow_of(data)
    columns = columns_of(arrow)
    projection = _projection(columns, table) if columns is not None else None
    if projection is None:
        return Source.stream(arrow)
    session = _session.session(storage_options)
    return Source.stream(Rows(session.sql(f"SELECT {projection} FROM lakelet_rows", [], {"lakelet_rows": _Again(arrow)})))


class _Again:
    """Rows that are asked for twice, for their columns and then for themselves, and may be there only once."""

    def __init__(self, arrow: Any) -> None:
        self._arrow = arrow
        self._empty: Any = None
        if type(arrow).__name__ == "RecordBatchReader":
            import pyarrow

            self._empty = pyarrow.schema(arrow.schema).empty_table()

    def __call__(self) -> Any:
        if self._empty is not None:
            empty, self._empty = self._empty, None
            return empty
        return self._arrow


def _projection(columns: Schema, table: Schema | None) -> str | None:
    """The SELECT list that casts what must be cast; None if nothing must."""
    parts, casts = [], False
    for field in columns.fields:
        name = '"' + field.name.replace('"', '""') + '"'
        kind = _CASTS.get(str(field.type))
        casts = casts or kind is not None
        parts.append(f"CAST({name} AS {kind}) AS {name}" if kind else name)
    return ", ".join(parts) if casts else None
