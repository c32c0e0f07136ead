"""The change feed between versions or times that may lie outside of the table's history."""

from __future__ import annotations

from typing import Any

from .. import _scan, _values
from .._table import Table


def changes_of(table: Table, start: Any, end: Any, out_of_range: bool) -> _scan.Scan:
    """What changed. `table` is at its newest version; `out_of_range`: an end after it is that version, and from a
    beginning after it nothing changed."""
    if not out_of_range:
        return table.changes(start, end)
    if _is_after(table, start):
        return table.changes(table.version).limit(0)
    return table.changes(start, None if end is not None and _is_after(table, end) else end)


def _is_after(table: Table, moment: Any) -> bool:
    if isinstance(moment, int):
        return moment > table.version
    return _values.micros_of(_values.moment_of(moment)) > _values.micros_of(table.timestamp)
