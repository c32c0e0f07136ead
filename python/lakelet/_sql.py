"""SQL over tables and the caller's frames."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

from . import _data, _events, _session
from ._rows import Rows

_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.S)
_WORD = re.compile(r'"((?:[^"]|"")+)"|([^\W\d]\w*)')


def sql(
    query: str,
    parameters: Mapping[str, Any] | None = None,
    *,
    storage_options: Mapping[str, str] | None = None,
    **tables: Any,
) -> Rows:
    """The rows of a query over tables ('path/to/table'), the frames given by name, and the caller's variables.

    A name in the query that is neither given nor a table is looked up among the variables of the caller: frames of
    pandas, polars and pyarrow, and whatever else has an Arrow stream, can be read by it. parameters bind $name.
    """
    given = {name: _data.Readable(data) for name, data in tables.items()}
    lowered = {name.lower() for name in given}
    for name in _words(query):
        if name.lower() not in lowered:
            data = _variable(sys._getframe(1), name)
            if data is not None:
                given[name] = _data.Readable(data)
    try:
        texts = _data.parameter_texts(parameters)
        return Rows(_session.session(storage_options).sql(query, texts, given))
    finally:
        _events.end_bar()


def _words(query: str) -> set[str]:
    text = _LITERAL.sub(" ", query)
    return {(quoted or plain).replace('""', '"') for quoted, plain in _WORD.findall(text)}


def _variable(frame: Any, name: str) -> Any:
    for variables in (frame.f_locals, frame.f_globals):
        if name in variables:
            data = variables[name]
            return data if _data.is_frame(data) else None
    return None
