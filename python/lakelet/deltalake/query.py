"""SQL over tables by names."""

from __future__ import annotations

from typing import Any

from .. import _session
from .._rows import Rows
from . import _arrow
from .exceptions import translated
from .table import DeltaTable

__all__ = ["QueryBuilder"]


class QueryBuilder:
    """Queries in DuckDB's SQL (the `deltalake` package has DataFusion's). session_config: settings of that engine are
    refused by name."""

    def __init__(self, session_config: dict[str, str] | None = None) -> None:
        if session_config:
            from ._missing import missing

            raise missing("session_config", "lakelet.configure(memory_limit=..., threads=...)")
        self._tables: dict[str, DeltaTable] = {}

    def register(self, table_name: str, delta_table: DeltaTable) -> QueryBuilder:
        self._tables[table_name] = delta_table
        return self

    def execute(self, sql: str) -> Any:
        """A RecordBatchReader of the rows."""
        text, given = _with_tables(sql, self._tables)
        with translated():
            return _arrow.reader(Rows(_session.session(None).sql(text, [], given)))


def _with_tables(sql: str, tables: dict[str, DeltaTable]) -> tuple[str, dict[str, Any]]:
    """The query with the tables as its common expressions, so that it reads only what it needs of them. One that
    can't have them so gets their rows by name."""
    words = sql.split(None, 2)
    first = words[0].lower() if words else ""
    plain = all(not table._storage_options for table in tables.values())
    if not tables or not plain or first not in ("select", "from", "with") or words[1:2] == ["recursive"]:
        return sql, {name: table._handle.scan for name, table in tables.items()}
    named = [f"{_quoted(name)} AS (SELECT * FROM {table._relation()})" for name, table in tables.items()]
    rest = "\n" + sql if first != "with" else ", " + sql.lstrip()[4:]
    return f"WITH {', '.join(named)}{rest}", {}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
