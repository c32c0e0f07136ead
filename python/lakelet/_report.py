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


class VacuumReport(NamedTuple):
    """What vacuum() found and deleted. found: paths below the table's folder, of a dry run or with list=True."""

    version: int
    retention: datetime.timedelta
    kept_since: datetime.datetime  # versions that were the newest one at some time since then are whole
    files: int  # that nobody needs
    bytes: int
    files_deleted: int
    bytes_deleted: int
    files_spared: int  # that no version names, but too young to be given up
    found: list[str]
    seconds: float


class RestoreReport(NamedTuple):
    """What restore() did. version is -1 if the table was as that version already, and of a dry run."""

    version: int
    restored: int
    files_restored: int
    bytes_restored: int
    files_removed: int
    bytes_removed: int
    files: int
    bytes: int
    missing: list[str]
    seconds: float


class LogReport(NamedTuple):
    """What checkpoint(), compact_log() or clean_log() did; of a dry run: would do. version is -1 if there was nothing."""

    version: int
    files_written: list[str]
    bytes_written: int
    files_removed: list[str]
    bytes_removed: int
    seconds: float


class CloneReport(NamedTuple):
    """What clone() made at uri. kept_files: copied by an earlier attempt already."""

    uri: str
    version: int
    source_version: int
    files: int
    bytes: int
    copied_files: int
    copied_bytes: int
    kept_files: int
    seconds: float


class AnalyzeReport(NamedTuple):
    """What analyze() did. version is -1 if nothing had to be committed."""

    version: int
    files: int
    read: int
    changed: int
    seconds: float


class NamedChange(NamedTuple):
    """Something with a text before and another after; None where it isn't there."""

    name: str
    before: str | None
    after: str | None


class FileDifferences(NamedTuple):
    """Files of two versions. rows_removed: in both, with other deleted rows."""

    common: int
    added: int
    removed: int
    rows_removed: int
    added_bytes: int
    removed_bytes: int


class RowDifferences(NamedTuple):
    inserted: int
    deleted: int
    updated: int


class Finding(NamedTuple):
    """What is wrong with a table ("damage", "warning") or could be better ("advice")."""

    severity: str
    check: str
    subject: str
    message: str
    remedy: str
    repairable: bool
    repaired: bool


class HealthReport(NamedTuple):
    """What doctor() found. version is -1 if none could be read; repaired_version: that a repair committed."""

    uri: str
    version: int
    repaired_version: int
    files: int
    bytes: int
    findings: list[Finding]
    healthy: bool  # nothing is damaged, or everything that was is repaired

    def _repr_html_(self) -> str:
        rows = [(f"{each.severity}: {each.check} {each.subject}", each.message) for each in self.findings]
        return _table_html([("version", self.version), ("files", self.files), ("healthy", self.healthy), *rows])


class ConvertReport(NamedTuple):
    """What convert() made of a folder. passed_over: files that aren't Parquet, or are hidden."""

    uri: str
    format: str
    version: int
    schema: Any
    partition_columns: list[str]
    files: int
    bytes: int
    rows: int
    passed_over: int
    seconds: float
