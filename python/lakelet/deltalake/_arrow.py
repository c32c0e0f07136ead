"""Rows and schemas as the classes that users of the `deltalake` package get: arro3's, where it is installed."""

from __future__ import annotations

from typing import Any


def _library() -> Any:
    try:
        import arro3.core

        return arro3.core
    except ImportError:
        return None


def _pyarrow() -> Any:
    try:
        import pyarrow

        return pyarrow
    except ImportError:
        raise ImportError("Arrow's objects need a package that has them: pip install arro3-core, or pyarrow") from None


def schema(native: Any) -> Any:
    library = _library()
    return library.Schema.from_arrow(native) if library else _pyarrow().schema(native)


def reader(rows: Any) -> Any:
    """A RecordBatchReader of what has an Arrow stream."""
    library = _library()
    return library.RecordBatchReader.from_arrow(rows) if library else _pyarrow().RecordBatchReader.from_stream(rows)


def table(rows: Any) -> Any:
    library = _library()
    return library.Table.from_arrow(rows) if library else _pyarrow().table(rows)


def large(native: Any) -> Any:
    """The same pyarrow schema with 64-bit offsets."""
    pyarrow = _pyarrow()
    return pyarrow.schema([field.with_type(_large_type(pyarrow, field.type)) for field in pyarrow.schema(native)])


def _large_type(pyarrow: Any, kind: Any) -> Any:
    types = pyarrow.types
    if types.is_string(kind):
        return pyarrow.large_string()
    if types.is_binary(kind):
        return pyarrow.large_binary()
    if types.is_list(kind):
        return pyarrow.large_list(kind.value_field.with_type(_large_type(pyarrow, kind.value_type)))
    if types.is_struct(kind):
        return pyarrow.struct([part.with_type(_large_type(pyarrow, part.type)) for part in kind])
    if types.is_map(kind):
        return pyarrow.map_(_large_type(pyarrow, kind.key_type), _large_type(pyarrow, kind.item_type))
    return kind
