"""What a verb did, and what a table's history, files and partitions say: plain values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple


def _table_html(pairs: list[tuple[str, Any]]) -> str:
    import html

    rows = "".join(f"<tr><td>{html.escape(name)}</td><td>{html.escape(str(value))}</td></tr>" for name, value in pairs)
    return f"<table><tbody>{rows}</tbody></table>"


class Report(NamedTuple):
    """What a verb did. version is -1 if nothing had to be committed."""

    version: int = -1
    rows_read: int = 0
    rows_inserted: int = 0
    rows_updated: int = 0
    rows_deleted: int = 0
    rows_copied: int = 0
    files_added: int = 0
    files_removed: int = 0
    files_scanned: int = 0
    files_pruned: int = 0
    bytes_added: int = 0
    bytes_removed: int = 0
    bytes_read: int = 0
    bytes_spilled: int = 0
    commit_retries: int = 0
    seconds: float = 0.0
    stages: Mapping[str, float] = {}

    def _said(self) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in self._asdict().items() if name == "version" or (value and name != "stages")]

    def __repr__(self) -> str:
        return "Report(" + ", ".join(f"{name}={value!r}" for name, value in self._said()) + ")"

    def _repr_html_(self) -> str:
        return _table_html(self._said())


class OptimizeReport(NamedTuple):
    """What optimize() did. rows_purged: deleted rows that are no longer in files; groups_lost: groups of files that
    another writer changed meanwhile, and that were planned again."""

    report: Report
    commits: int
    groups: int
    files_considered: int
    rows_purged: int
    groups_lost: int


class HistoryEntry(NamedTuple):
    """One commit. What the format keeps beside these is in `other`."""

    version: int
    timestamp: datetime.datetime
    operation: str
    parameters: dict[str, str]
    metrics: dict[str, str]
    user: str
    engine: str
    other: dict[str, str]


class FileInfo(NamedTuple):
    """One live data file; rows are those that it stores, deleted ones among them."""

    path: str
    bytes: int
    rows: int | None
    deleted_rows: int
    partition: dict[str, str | None]
    modified: datetime.datetime


class ColumnBounds(NamedTuple):
    """What is known of one column in one file. Bounds may be wider than the rows, never narrower; None: unknown."""

    column: list[str]
    nulls: int | None
    least: Any
    greatest: Any


class ScannedFile(NamedTuple):
    """A file that a scan would read. deleted: positions of stored rows that are gone."""

    path: str
    bytes: int
    rows: int | None
    deleted_rows: int
    partition: dict[str, str | None]
    modified: datetime.datetime
    uri: str
    columns: list[ColumnBounds]
    deleted: list[int]


class PartitionInfo(NamedTuple):
    values: dict[str, str | None]
    files: int
    bytes: int
    rows: int | None


class TableMetadata(NamedTuple):
    """What a table says of itself. `protocol` is the format's own, for people to read."""

    id: str
    name: str
    description: str
    created: datetime.datetime | None
    format: str
    protocol: dict[str, str]


class TableDetail(NamedTuple):
    uri: str
    metadata: TableMetadata
    version: int
    modified: datetime.datetime
    partition_columns: list[str]
    properties: dict[str, str]
    files: int
    bytes: int
    rows: int | None
