"""TableMerger: a merge, clause by clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import _table
from .._report import Report
from ._metrics import ms
from ._names import column_of, quoted, rewritten
from ._sources import arrow_of, columns_of, delta_source

if TYPE_CHECKING:
    from .table import DeltaTable


class TableMerger:
    """Collects the clauses of a merge; execute() does the work. Expressions name the tables by their aliases."""

    def __init__(
        self,
        table: DeltaTable,
        source: Any,
        predicate: str,
        source_alias: str | None,
        target_alias: str | None,
        options: dict[str, Any],
    ) -> None:
        self._table = table
        self._arrow = arrow_of(source)
        self._columns = columns_of(self._arrow)
        self._aliases = {"source": "source", "target": "target"}
        if source_alias:
            self._aliases[source_alias] = "source"
        if target_alias:
            self._aliases[target_alias] = "target"
        self._on = rewritten(predicate, self._aliases)
        self._options = options
        self._clauses: list[tuple[str, dict[str, str] | None, str, tuple[str, ...]]] = []

    def _add(self, kind: str, updates: Mapping[str, str] | None, predicate: str | None) -> TableMerger:
        pairs = None
        if updates is not None:
            names = self._aliases
            pairs = {column_of(name, names): rewritten(expression, names) for name, expression in updates.items()}
        self._clauses.append((kind, pairs, rewritten(predicate, self._aliases), ()))
        return self

    def _add_all(self, kind: str, predicate: str | None, except_cols: list[str] | None) -> TableMerger:
        if except_cols and self._columns is None:
            raise TypeError("except_cols needs a source whose columns are known before it is read")
        self._clauses.append((kind, None, rewritten(predicate, self._aliases), tuple(except_cols or ())))
        return self

    def when_matched_update(self, updates: dict[str, str], predicate: str | None = None) -> TableMerger:
        return self._add("when_matched_update", updates, predicate)

    def when_matched_update_all(
        self, predicate: str | None = None, except_cols: list[str] | None = None
    ) -> TableMerger:
        return self._add_all("when_matched_update_all", predicate, except_cols)

    def when_matched_delete(self, predicate: str | None = None) -> TableMerger:
        return self._add("when_matched_delete", None, predicate)

    def when_not_matched_insert(self, updates: dict[str, str], predicate: str | None = None) -> TableMerger:
        return self._add("when_not_matched_insert", updates, predicate)

    def when_not_matched_insert_all(
        self, predicate: str | None = None, except_cols: list[str] | None = None
    ) -> TableMerger:
        return self._add_all("when_not_matched_insert_all", predicate, except_cols)

    def when_not_matched_by_source_update(self, updates: dict[str, str], predicate: str | None = None) -> TableMerger:
        return self._add("when_not_matched_by_source_update", updates, predicate)

    def when_not_matched_by_source_delete(self, predicate: str | None = None) -> TableMerger:
        return self._add("when_not_matched_by_source_delete", None, predicate)

    def _all_columns(self, handle: _table.Table, except_cols: tuple[str, ...]) -> dict[str, str] | None:
        """What "all" are where some of the source's columns aren't meant: those that the table doesn't have, and isn't
        to get, and those that the caller leaves out. None: it is all of them."""
        if self._columns is None:
            return None
        merges = "schema_mode" in self._options
        known = {name.lower() for name in handle.schema.names}
        names = [field.name for field in self._columns.fields]
        meant = [name for name in names if name not in except_cols and (merges or name.lower() in known)]
        return None if len(meant) == len(names) else {name: f"source.{quoted(name)}" for name in meant}

    def execute(self) -> dict[str, Any]:
        report: Report = self._table._did(self._run)
        return {
            "num_source_rows": report.rows_read,
            "num_target_rows_inserted": report.rows_inserted,
            "num_target_rows_updated": report.rows_updated,
            "num_target_rows_deleted": report.rows_deleted,
            "num_target_rows_copied": report.rows_copied,
            "num_output_rows": report.rows_inserted + report.rows_updated + report.rows_copied,
            "num_target_files_scanned": report.files_scanned,
            "num_target_files_skipped_during_scan": report.files_pruned,
            "num_target_files_added": report.files_added,
            "num_target_files_removed": report.files_removed,
            "execution_time_ms": round(1000 * report.seconds),
            "scan_time_ms": ms(report, "scan"),
            "rewrite_time_ms": ms(report, "rewrite", "write"),
        }

    def _run(self, handle: _table.Table) -> Report:
        source = delta_source(self._arrow, handle.schema, self._table._storage_options)
        merge = handle.merge(source, self._on, **self._options)
        for kind, updates, predicate, except_cols in self._clauses:
            if kind.endswith("_all"):
                updates = self._all_columns(handle, except_cols)
                kind = kind if updates is None else kind.removesuffix("_all")
            arguments = [] if updates is None else [updates]
            getattr(merge, kind)(*arguments, predicate or None)
        return merge.execute()
