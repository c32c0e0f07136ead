"""Whatever holds rows, as a source for a verb or as rows that a query reads by a name."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from . import _records
from ._lakelet import Source
from .errors import InvalidArgument


def files(
    *paths: str | os.PathLike[str],
    format: str = "",
    delimiter: str = "",
    encoding: str = "",
    header: bool = True,
    sheet: str = "",
) -> Source:
    """The rows of files: csv, tsv, json, jsonl, parquet, arrow or xlsx, by their extension unless `format` says which.

    `sheet`: of an xlsx file, by its name or number; the first unless it is given.
    """
    return Source.files([os.fspath(path) for path in paths], format, delimiter, encoding, header, sheet)


def query(text: str, **parameters: Any) -> Source:
    """The rows of a query, for a verb: "select * from 'path/to/table'". Parameters bind $name."""
    return Source.sql(text, parameter_texts(parameters))


def parameter_texts(parameters: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in (parameters or {}).items()]


def source_of(data: Any) -> Source:
    """A verb's source. TypeError for what holds no rows."""
    if isinstance(data, Source):
        return data
    if isinstance(data, os.PathLike):
        return files(data)
    if isinstance(data, str):
        raise TypeError("text could be a file or a query: give lakelet.files(...) or lakelet.query(...)")
    arrow = as_arrow(data)
    if arrow is not None:
        return Source.stream(arrow)
    if isinstance(data, Mapping):
        return Source.batches(_records.batches(_rows_of_columns(data)))
    if isinstance(data, Iterable) and not isinstance(data, (bytes, bytearray, memoryview)):
        return _source_of_items(iter(data))
    raise TypeError(_no_rows(data))


def _no_rows(data: Any) -> str:
    return (
        f"rows can't be read from a {type(data).__name__}: give a frame of pandas, polars or pyarrow, anything else with "
        "__arrow_c_stream__, dicts, batches, lakelet.files(...) or lakelet.query(...)"
    )


def _source_of_items(items: Iterator[Any]) -> Source:
    first = next(items, None)
    if first is None:
        raise InvalidArgument("there are no rows, so there are no columns to know", hint="give an empty frame with columns")
    everything = chain([first], items)
    if isinstance(first, Mapping) and as_arrow(first) is None:
        return Source.batches(_records.batches(everything))
    return Source.batches(_arrow_items(everything))


def _arrow_items(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        arrow = as_arrow(item)
        if arrow is None:
            raise TypeError(_no_rows(item))
        yield arrow


def _rows_of_columns(columns: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    lists: dict[str, Sequence[Any]] = {}
    for name, values in columns.items():
        if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
            raise TypeError(f"column {name} is no list of values")
        lists[name] = list(values)
    lengths = {len(values) for values in lists.values()}
    if len(lengths) > 1:
        raise InvalidArgument("the columns differ in length: " + ", ".join(f"{k} {len(v)}" for k, v in lists.items()))
    for row in zip(*lists.values()):
        yield dict(zip(lists, row))


def _is(data: Any, module: str, *names: str) -> bool:
    """Whether it is of a class of a module that somebody has imported: without importing it."""
    found = sys.modules.get(module)
    return found is not None and any(isinstance(data, getattr(found, name, ())) for name in names)


def as_arrow(data: Any) -> Any:
    """The same rows as an object of Arrow's PyCapsule interface; None if they aren't any of those that we know."""
    if _is(data, "pandas", "DataFrame"):
        return _arrow_of_pandas(data)
    if _is(data, "polars", "LazyFrame"):
        return data.collect()
    if _is(data, "pyarrow.dataset", "Dataset"):
        return data.scanner().to_reader()
    if _is(data, "pyarrow.dataset", "Scanner"):
        return data.to_reader()
    if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        return data
    return None


def _arrow_of_pandas(frame: Any) -> Any:
    names = [str(name) for name in frame.columns]
    if len(set(names)) != len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InvalidArgument(f"the frame has several columns called {', '.join(twice)}")
    try:
        import pyarrow
    except ImportError:
        import pandas

        rows = frame.astype(object).where(~frame.isna(), None).to_dict("records")
        rows = [{k: v.to_pydatetime() if isinstance(v, pandas.Timestamp) else v for k, v in row.items()} for row in rows]
        return next(_records.batches(rows))
    try:
        return pyarrow.Table.from_pandas(frame, preserve_index=False)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, pyarrow.ArrowNotImplementedError) as problem:
        raise InvalidArgument(f"the frame can't be read as Arrow: {problem}") from problem


def is_frame(data: Any) -> bool:
    """Whether a query may read it by the name of its variable."""
    return (
        hasattr(data, "__arrow_c_stream__")
        or _is(data, "pandas", "DataFrame")
        or _is(data, "polars", "LazyFrame")
        or _is(data, "pyarrow.dataset", "Dataset")
    ) and not isinstance(data, type)


class Readable:
    """A frame that a query may read more than once: called, it gives its rows anew."""

    def __init__(self, data: Any) -> None:
        if _is(data, "pyarrow", "RecordBatchReader"):
            data = data.read_all()
        elif isinstance(data, (Mapping, list)):
            data = _listed(data)
        elif isinstance(data, Iterator):
            data = list(data)
            data = _listed(data)
        self._data = data

    def __call__(self) -> Any:
        if isinstance(self._data, list):
            return next(_records.batches(self._data))
        arrow = as_arrow(self._data)
        if arrow is None:
            raise TypeError(_no_rows(self._data))
        return arrow


def _listed(data: Any) -> list[Any]:
    rows = list(_rows_of_columns(data)) if isinstance(data, Mapping) else data
    if not rows or not all(isinstance(row, Mapping) for row in rows):
        raise TypeError("a query reads lists of dicts, each a row")
    return list(rows)
