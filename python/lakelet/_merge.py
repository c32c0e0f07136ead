"""Merge (upsert): rows of a source change, enter or leave a table, in one commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ._report import Report

if TYPE_CHECKING:
    from ._table import Table


class MergeBuilder:
    """Collects the clauses; execute() does the work.

    Expressions and conditions are SQL text in which the table's columns are target.x and the source's source.x. For
    each row the first clause whose condition holds applies.
    """

    def __init__(self, table: Table, source: Any, on: str, options: Mapping[str, Any]) -> None:
        self._table = table
        self._source = source
        self._on = on
        self._options = dict(options)
        self._clauses: list[tuple[str, list[tuple[str, str]] | None, str]] = []

    def _add(self, kind: str, assignments: Mapping[str, str] | None, condition: str | None) -> MergeBuilder:
        pairs = None if assignments is None else [(str(k), str(v)) for k, v in assignments.items()]
        self._clauses.append((kind, pairs, condition or ""))
        return self

    def when_matched_update(self, set: Mapping[str, str], condition: str | None = None) -> MergeBuilder:
        return self._add("matched_update", set, condition)

    def when_matched_update_all(self, condition: str | None = None) -> MergeBuilder:
        """Every column that the source has takes the source's value."""
        return self._add("matched_update", None, condition)

    def when_matched_delete(self, condition: str | None = None) -> MergeBuilder:
        return self._add("matched_delete", None, condition)

    def when_not_matched_insert(self, values: Mapping[str, str], condition: str | None = None) -> MergeBuilder:
        """Columns that aren't named get their default, or NULL."""
        return self._add("not_matched_insert", values, condition)

    def when_not_matched_insert_all(self, condition: str | None = None) -> MergeBuilder:
        return self._add("not_matched_insert", None, condition)

    def when_not_matched_by_source_update(self, set: Mapping[str, str], condition: str | None = None) -> MergeBuilder:
        return self._add("not_matched_by_source_update", set, condition)

    def when_not_matched_by_source_delete(self, condition: str | None = None) -> MergeBuilder:
        return self._add("not_matched_by_source_delete", None, condition)

    def execute(self) -> Report:
        """Merges. Whatever it raises, the table stays at the version that it had (CommitUnknown aside)."""
        return self._table._verb("merge", self._source, self._on, self._clauses, self._options)

    def __repr__(self) -> str:
        clauses = ", ".join(kind for kind, _, _ in self._clauses)
        return f"<lakelet.MergeBuilder of {self._table.uri} on {self._on}: {clauses or 'no clause'}>"
