"""What lies between two versions of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from . import _events, _session
from ._report import FileDifferences, NamedChange, RowDifferences
from ._rows import Frames, Rows, preview_html

if TYPE_CHECKING:
    from ._table import Table

_SHOWN = 10


class Diff(Frames):
    """The later version seen from the earlier one: rows, columns, properties, files. Its rows are an Arrow stream with
    _change_type ("insert", "delete"; with a key "update_preimage" and "update_postimage" too) before the columns."""

    def __init__(self, before: Table, after: Table, key: Sequence[str] = ()) -> None:
        if isinstance(key, str):
            raise TypeError("key is a list of names")
        self._before = before.at_version(before.version)
        self._after = after.at_version(after.version)
        self._key = list(key)
        self._made: Any = None
        self._generation = _session.generation()

    def _native(self) -> Any:
        if self._generation != _session.generation():
            _session.abandon(self._made)
            self._made = None
            self._generation = _session.generation()
        if self._made is None:
            self._made = self._before._still().diff(self._after._still(), self._key)
        return self._made

    @property
    def versions(self) -> tuple[int, int]:
        return self._before.version, self._after.version

    @property
    def columns(self) -> list[NamedChange]:
        """Dotted names, types as text."""
        return [NamedChange(*each) for each in self._native().columns]

    @property
    def properties(self) -> list[NamedChange]:
        return [NamedChange(*each) for each in self._native().properties]

    @property
    def metadata(self) -> list[NamedChange]:
        """Name, description, partitioning, protocol."""
        return [NamedChange(*each) for each in self._native().metadata]

    @property
    def files(self) -> FileDifferences:
        return FileDifferences(*self._native().files)

    @property
    def added_files(self) -> list[str]:
        return list(self._native().added_files)

    @property
    def removed_files(self) -> list[str]:
        return list(self._native().removed_files)

    def count(self) -> RowDifferences:
        """How many rows differ: reads all that the versions don't have in common."""
        try:
            return RowDifferences(*self._native().count())
        finally:
            _events.end_bar()

    def rows(self) -> Rows:
        try:
            return Rows(self._native().rows())
        finally:
            _events.end_bar()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.rows().__arrow_c_stream__(requested_schema)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows())

    def to_pylist(self) -> list[dict[str, Any]]:
        return self.rows().to_pylist()

    def __reduce__(self) -> tuple[Any, ...]:
        return Diff, (self._before, self._after, self._key)

    def __repr__(self) -> str:
        first, last = self.versions
        files = self.files
        return f"<lakelet.Diff of {self._before.uri}: version {first} to {last}, {files.added} files added, {files.removed} removed>"

    def _repr_html_(self) -> str:
        import html

        shown = self.rows()
        first = [row for row, _ in zip(shown, range(_SHOWN))]
        return f"<p>{html.escape(repr(self))}</p>" + preview_html(shown.columns, first)
