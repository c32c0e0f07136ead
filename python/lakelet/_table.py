"""One table: what it holds, what it was, and the verbs that change it."""

from __future__ import annotations

import datetime
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from . import _data, _events, _schema, _session, _values
from ._layout import Layout
from ._merge import MergeBuilder
from ._report import FileInfo, HistoryEntry, OptimizeReport, PartitionInfo, Report, TableDetail, TableMetadata
from ._rows import Frames, preview_html
from ._scan import Scan, narrowed
from ._upkeep import Upkeep, _texts
from .errors import Error

Moment = int | str | datetime.datetime
_UNSET: Any = object()


class _Facts(NamedTuple):
    """What one version is."""

    version: int
    timestamp_us: int
    schema: Any
    metadata: dict[str, Any]
    properties: dict[str, str]
    partition_columns: list[str]
    partition_names: list[str]
    scan: Any


def write_options(**given: Any) -> dict[str, Any]:
    """The options that were given, as the bindings take them."""
    options = {name: value for name, value in given.items() if value is not None}
    if "user_metadata" in options:
        options["user_metadata"] = _texts(options["user_metadata"])
    return options


class Table(Frames, Layout, Upkeep):
    """A handle on a table at one version: what it answers doesn't change until a verb or refresh() moves it.

    Opened without a version it can be written to: a verb works on the newest version, and the handle then stands at the
    version that was committed. Safe to use from several threads, in forks, and to pickle (the version is pickled too).
    """

    def __init__(self, native: Any, storage_options: Mapping[str, str] | None, pinned: bool) -> None:
        self._native = native
        self._options = dict(storage_options) if storage_options else None
        self._pinned = pinned
        self._uri: str = native.uri
        self._lock = threading.Lock()
        self._generation = _session.generation()
        self._known: _Facts | None = None
        self._schema: Any = None

    # --- what it is

    def _handle(self) -> Any:
        """The native handle, opened anew in a process that was forked from the one that opened it."""
        if self._generation != _session.generation():
            version = self._known.version if self._known else None
            _session.abandon(self._native)
            if self._known:
                _session.abandon(self._known.scan)
            self._lock = threading.Lock()
            self._generation = _session.generation()
            self._known = None
            session = _session.session(self._options)
            native = session.open(self._uri)
            self._native = native.at_version(version) if self._pinned and version is not None else native
        return self._native

    def _facts(self) -> _Facts:
        native = self._handle()
        if self._known is None:
            self._known = _Facts(*native.facts())
        return self._known

    @property
    def uri(self) -> str:
        return self._uri

    @property
    def storage_options(self) -> dict[str, str] | None:
        return self._options

    @property
    def version(self) -> int:
        return self._facts().version

    @property
    def timestamp(self) -> datetime.datetime:
        """When this version was committed."""
        return _values.instant(self._facts().timestamp_us)

    @property
    def schema(self) -> _schema.Schema:
        known: _schema.Schema = self._facts().schema
        return known

    @property
    def columns(self) -> list[str]:
        return [each.name for each in self._facts().schema.fields]

    @property
    def metadata(self) -> TableMetadata:
        return TableMetadata(**self._facts().metadata)

    @property
    def properties(self) -> dict[str, str]:
        return dict(self._facts().properties)

    @property
    def partition_columns(self) -> list[str]:
        return list(self._facts().partition_columns)

    def detail(self) -> TableDetail:
        """Figures of its files; reads the list of files."""
        facts, figures = self._facts(), self._still().detail()
        return TableDetail(
            uri=self._uri,
            metadata=self.metadata,
            version=facts.version,
            modified=self.timestamp,
            partition_columns=list(facts.partition_columns),
            properties=dict(facts.properties),
            **figures,
        )

    def domains(self) -> dict[str, str]:
        """Texts that applications keep in the table under names of their own; the format's own among them."""
        return dict(self._still().domains())

    def application_version(self, application: str) -> int | None:
        """The last version of an application's own that was committed: what its writes gave as application_version."""
        version: int | None = self._still().application_version(application)
        return version

    def _still(self) -> Any:
        """A native handle that no verb of another thread moves."""
        return self._handle().at_version(self._facts().version)

    def history(self, limit: int | None = None) -> list[HistoryEntry]:
        """The newest `limit` commits (None: all), newest first, whatever version this handle has."""
        return [HistoryEntry(**entry) for entry in self._still().history(limit)]

    def files(self) -> list[FileInfo]:
        return [
            FileInfo(path, size, rows, gone, values, _values.instant(us))
            for path, size, rows, gone, values, us in self._still().files()
        ]

    def partitions(self) -> list[PartitionInfo]:
        return [PartitionInfo(*each) for each in self._still().partitions()]

    # --- other versions

    def at_version(self, version: int) -> Table:
        return Table(self._handle().at_version(version), self._options, pinned=True)

    def at_timestamp(self, moment: str | datetime.datetime) -> Table:
        """The last version that was committed at or before this time (UTC if it names no zone)."""
        us = _values.micros_of(_values.moment_of(moment))
        return Table(self._handle().at_timestamp(us), self._options, pinned=True)

    def refresh(self) -> Table:
        """Moves the handle to the newest version."""
        self._handle()
        with self._lock:
            self._native.refresh()
            self._known = None
        return self

    # --- rows

    def scan(self, columns: Sequence[str] | None = None, where: str | None = None) -> Scan:
        return narrowed(self._scan_of(()), columns, where)

    def _scan_of(self, changes: tuple[Any, ...]) -> Scan:
        facts = self._facts()
        if not changes:
            return Scan(self, facts.scan, facts.schema)
        native = self._root_at(facts.version, changes)
        return Scan(self, native, native.limit(0).rows().schema, changes)

    def _root_at(self, version: int, changes: tuple[Any, ...]) -> Any:
        native = self._handle().at_version(version)
        return native.changes(*changes) if changes else native.facts()[-1]

    def changes(self, start: Moment, end: Moment | None = None) -> Scan:
        """What happened to the rows in these versions, both ends in: the table's columns and _change_type,
        _commit_version, _commit_timestamp. Ends are versions or times."""
        return self._scan_of((*_end(start), *_end(end)))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.scan().__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self.schema.__arrow_c_schema__()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.scan())

    def __len__(self) -> int:
        return self.count()

    def __bool__(self) -> bool:
        return True  # not whether it has rows

    def count(self) -> int:
        """How many rows it has, from metadata alone where that is certain."""
        rows = self.detail().rows
        if rows is None:
            rows = sum(1 for _ in self.scan())
        return rows

    def to_pylist(self) -> list[dict[str, Any]]:
        return self.scan().to_pylist()

    def to_dataset(self) -> Any:
        """A pyarrow dataset: files as fragments where they hold the rows as they are, else the rows in memory."""
        from ._dataset import dataset_of

        return dataset_of(self)

    def to_lazy(self) -> Any:
        """A polars.LazyFrame whose columns and conditions are pushed down into the scan."""
        from ._polars import lazy_frame

        return lazy_frame(self)

    # --- verbs

    def _verb(self, name: str, *arguments: Any) -> Report:
        return Report(**self._run(name, *arguments))

    def _run(self, name: str, *arguments: Any) -> Any:
        self._facts()  # so that others can read this version while the verb works
        with self._lock:
            try:
                return getattr(self._native, name)(*arguments)
            finally:
                self._known = None
                _events.end_bar()

    def append(self, data: Any, **options: Any) -> Report:
        """Adds rows. Options: schema_mode, if_version, user_metadata, target_file_size, compression, sort_by ..."""
        return self._verb("append", _data.source_of(data), write_options(**options))

    def overwrite(self, data: Any, where: str | None = None, **options: Any) -> Report:
        """Replaces every row, or those for which `where` holds; then all new rows must satisfy it."""
        return self._verb("overwrite", _data.source_of(data), where or "", write_options(**options))

    def delete(self, where: str | None = None, **options: Any) -> Report:
        """Rows for which `where` is true go; without it, every row."""
        return self._verb("delete", where or "", write_options(**options))

    def update(self, set: Mapping[str, str], where: str | None = None, **options: Any) -> Report:
        """Sets columns to SQL expressions: update({"price": "price * 2"}, where="id = 1")."""
        pairs = [(str(name), str(expression)) for name, expression in set.items()]
        return self._verb("update", pairs, where or "", write_options(**options))

    def merge(self, source: Any, on: str, **options: Any) -> MergeBuilder:
        """Begins a merge: `on` joins target.x and source.x."""
        return MergeBuilder(self, _data.source_of(source), on, write_options(**options))

    def alter(self, *changes: tuple[str, Mapping[str, Any]], **options: Any) -> Report:
        """Changes what the table is, in this order, as one commit: see lakelet.alter for the changes."""
        return self._verb("alter", [(verb, dict(members)) for verb, members in changes], write_options(**options))

    def change_files(
        self,
        add: Iterable[str | tuple[str, Mapping[str, str | None]]] = (),
        remove: Iterable[str] = (),
        *,
        overwrite: bool = False,
        dry_run: bool = False,
        **options: Any,
    ) -> Report:
        """Takes Parquet files that somebody else wrote into the table, and files out of it, as one commit.

        add: paths below the table or of their own, each alone or with the values of its partition columns as text;
        footers are read, and what doesn't fit the table is refused. remove: paths as files() has them. overwrite: the
        history says so. Options: if_version, user_metadata, application_version.
        """
        files = [(each, None) if isinstance(each, str) else (each[0], dict(each[1])) for each in add]
        return self._verb("change_files", files, [*remove], overwrite, dry_run, write_options(**options))

    def optimize(self, where: str | None = None, **options: Any) -> OptimizeReport:
        """Writes small files together into larger ones, and files with many deleted rows without them.

        where: only files that may have rows for it. Options: target_size (bytes); z_order, hilbert or sort_by (lists of
        columns, by whose values rows are placed); full, purge, commit_bytes, commit_seconds; compression and the like.
        """
        given = write_options(where=where, **options)
        report, *figures = self._run("optimize", given)
        return OptimizeReport(Report(**report), *figures)

    # --- as a value

    def __repr__(self) -> str:
        facts = self._facts()
        try:
            detail = self.detail()
            rows = "" if detail.rows is None else f", {detail.rows:,} rows"
            held = f"{rows} in {detail.files:,} file{'' if detail.files == 1 else 's'}"
        except Error:  # a table whose list of files can't be read is shown all the same
            held = ""
        return f"<lakelet.Table {self._uri}: {facts.metadata['format']}, version {facts.version}{held}, {facts.schema}>"

    def _repr_html_(self) -> str:
        import html

        detail = self.detail()
        rows = "?" if detail.rows is None else f"{detail.rows:,}"
        head = (
            f"<p><b>{html.escape(detail.metadata.name or os.path.basename(self._uri))}</b> "
            f"{html.escape(detail.metadata.format)} table, version {detail.version}, {rows} rows, "
            f"{detail.files:,} files, {detail.bytes:,} bytes</p>"
        )
        shown = self.scan().limit(10).rows()
        return head + self.schema._repr_html_() + preview_html(shown.columns, shown.fetchall())

    def __reduce__(self) -> tuple[Any, ...]:
        return _open_again, (self._uri, self._facts().version, self._options, self._pinned)


def _end(moment: Moment | None) -> tuple[int | None, bool]:
    if moment is None or isinstance(moment, int):
        return moment, False
    return _values.micros_of(_values.moment_of(moment)), True


def _open_again(uri: str, version: int, options: dict[str, str] | None, pinned: bool) -> Table:
    native = _session.session(options).open(uri)
    if pinned:
        native = native.at_version(version)
    return Table(native, options, pinned)
