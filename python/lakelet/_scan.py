"""A reading of a table: columns, conditions, order and limit, collected until somebody takes the rows."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import _session, _values
from ._report import ColumnBounds, ScannedFile
from ._rows import Frames, Rows, preview_html

if TYPE_CHECKING:
    from ._table import Table


class Scan(Frames):
    """Every call gives a new scan; nothing is read before its rows are asked for. Can be pickled, and used in a fork."""

    def __init__(self, table: Table, root: Any, schema: Any, changes: tuple[Any, ...] = ()) -> None:
        self._table = table
        self._version = table.version
        self._root = root
        self._generation = _session.generation()
        self._full = schema
        self._changes = changes  # the range of a change feed; empty: the table's rows
        self._steps: tuple[tuple[Any, ...], ...] = ()
        self._columns: list[str] | None = None

    def _and(self, *step: Any) -> Scan:
        scan = copy.copy(self)
        scan._steps = (*self._steps, step)
        return scan

    def _native(self) -> Any:
        if self._generation != _session.generation():
            _session.abandon(self._root)
            self._root = self._table._root_at(self._version, self._changes)
            self._generation = _session.generation()
        native = self._root
        for name, *arguments in self._steps:
            native = getattr(native, name)(*arguments)
        return native

    def __reduce__(self) -> tuple[Any, ...]:
        return _scan_again, (self._table.at_version(self._version), self._changes, self._steps, self._columns)

    def select(self, *columns: str) -> Scan:
        """These columns, in this order."""
        scan = self._and("select", list(columns))
        scan._columns = list(columns)
        return scan

    def where(self, predicate: str) -> Scan:
        """Rows for which the SQL condition holds; several are all required."""
        return self._and("where", predicate)

    def order_by(self, column: str, descending: bool = False) -> Scan:
        return self._and("order_by", column, descending)

    def limit(self, rows: int) -> Scan:
        return self._and("limit", rows)

    @property
    def schema(self) -> Any:
        if self._columns is None:
            return self._full
        return type(self._full)([self._full.field(name) for name in self._columns])

    def rows(self) -> Rows:
        return Rows(self._native().rows())

    def statistics(self) -> Rows:
        """A row for each column: type, rows, nulls, distinct (about), least, greatest, mean. Reads every row."""
        return Rows(self._native().statistics())

    def splits(self, target_bytes: int = 128 << 20) -> list[Split]:
        """The scan in parts, each with files of about so many bytes, that other processes can read."""
        options = self._table.storage_options
        return [
            Split(text, files, size, rows, dict(options) if options else None)
            for text, files, size, rows in self._native().splits(target_bytes)
        ]

    def files(self) -> list[ScannedFile]:
        """The files that may have rows for it."""
        native = self._native()
        return [
            ScannedFile(
                path, size, rows, gone, values, _values.instant(us), uri, [ColumnBounds(*each) for each in bounds], deleted
            )
            for path, size, rows, gone, values, us, uri, bounds, deleted in native.files(self._full)
        ]

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.rows().__arrow_c_stream__(requested_schema)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows())

    def to_pylist(self) -> list[dict[str, Any]]:
        return self.rows().to_pylist()

    def __repr__(self) -> str:
        return f"<lakelet.Scan of {self._table.uri}: {self.schema}>"

    def _repr_html_(self) -> str:
        shown = self.limit(11).rows()
        return preview_html(shown.columns, shown.fetchall())


class Split(Frames):
    """A part of a scan, to be pickled and read elsewhere: files, deleted rows, columns and predicate are in it."""

    def __init__(
        self, text: bytes, files: int, size: int, rows: int | None, storage_options: Mapping[str, str] | None = None
    ) -> None:
        self.text = text
        self.files = files
        self.bytes = size  # of the files, whole
        self.rows = rows  # after deletes, before the predicate; None: a file doesn't say
        self.storage_options = storage_options

    def __repr__(self) -> str:
        return f"<lakelet.Split: {self.files} files, {self.bytes} bytes, {self.rows} rows>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Split) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def read(self) -> Rows:
        return Rows(_session.session(self.storage_options).read(self.text))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.read().__arrow_c_stream__(requested_schema)

    def to_pylist(self) -> list[dict[str, Any]]:
        return self.read().to_pylist()

    def _repr_html_(self) -> str:
        import html

        return f"<code>{html.escape(repr(self))}</code>"


def narrowed(scan: Scan, columns: Sequence[str] | None, where: str | None) -> Scan:
    if columns is not None:
        if isinstance(columns, str):
            raise TypeError("columns is a list of names")
        scan = scan.select(*columns)
    return scan.where(where) if where else scan


def _scan_again(table: Table, changes: tuple[Any, ...], steps: tuple[Any, ...], columns: list[str] | None) -> Scan:
    scan = table._scan_of(changes)
    scan._steps = steps
    scan._columns = columns
    return scan
