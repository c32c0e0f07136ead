"""DeltaTable: the names of the `deltalake` package over lakelet's table."""

from __future__ import annotations

import datetime
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import _open, _scan
from .._table import Table
from ..errors import Error
from . import _arrow, _features
from ._alterer import TableAlterer
from ._changes import changes_of
from ._file_changes import file_changes
from ._facts import DeltaTableConfig, Metadata, ProtocolVersions
from ._filters import literal, where_of
from ._history import commit_of
from ._merger import TableMerger
from ._metrics import changed, copied, ms
from ._missing import missing
from ._names import column_of, rewritten
from ._optimizer import TableOptimizer
from .exceptions import DeltaError, translated
from .schema import Schema, schema_of
from ._positional import by_position, commit_first, commit_last
from ._upkeep import Upkeep, metadata_of
from .transaction import AddAction, CommitProperties, PostCommitHookProperties, RemoveAction, commit_options
from .writer.properties import WriterProperties, file_options

__all__ = [
    "DeltaTable",
    "DeltaTableConfig",
    "Metadata",
    "ProtocolVersions",
    "TableAlterer",
    "TableMerger",
    "TableOptimizer",
]


class DeltaTable(Upkeep):
    """A Delta table at one version."""

    def __init__(
        self,
        table_uri: str | Path | os.PathLike[str],
        version: int | None = None,
        storage_options: dict[str, str] | None = None,
        without_files: bool = False,
        log_buffer_size: int | None = None,
        skip_stats: bool = False,
    ) -> None:
        if without_files or log_buffer_size is not None or skip_stats:
            warnings.warn("without_files, log_buffer_size and skip_stats have no effect", DeprecationWarning, stacklevel=2)
        self._storage_options = storage_options
        uri = os.fspath(table_uri).removeprefix("file://") if os.fspath(table_uri) != "file://" else "/"
        with translated():
            self._handle = _open.open(uri, version, storage_options)
            self._handle.version

    # --- what it is

    @property
    def table_config(self) -> DeltaTableConfig:
        warnings.warn("table_config has no effect", DeprecationWarning, stacklevel=2)
        return DeltaTableConfig(without_files=False, log_buffer_size=8, skip_stats=False)

    @staticmethod
    def is_deltatable(
        table_uri: str | Path | os.PathLike[str], storage_options: dict[str, str] | None = None
    ) -> bool:
        try:
            return _open.exists(table_uri, storage_options) and _open.open(table_uri, None, storage_options).metadata.format == "delta"
        except Error:
            return False

    @classmethod
    def create(
        cls,
        table_uri: str | Path,
        schema: Any,
        mode: str = "error",
        partition_by: list[str] | str | None = None,
        name: str | None = None,
        description: str | None = None,
        configuration: Mapping[str, str | None] | None = None,
        storage_options: dict[str, str] | None = None,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
        raise_if_key_not_exists: bool = True,
    ) -> DeltaTable:
        """Makes a table without rows. mode overwrite replaces one that is there: its versions can still be read."""
        order = ("commit_properties", "post_commithook_properties", "raise_if_key_not_exists")
        given = (commit_properties, post_commithook_properties, raise_if_key_not_exists)
        commit_properties, _, raise_if_key_not_exists = by_position("create", args, order, given)
        columns = schema if isinstance(schema, Schema) else Schema.from_arrow(schema)
        properties = {key: value for key, value in (configuration or {}).items() if value is not None}
        if raise_if_key_not_exists:
            _features.require_known(properties)
        with translated():
            there = _open.exists(table_uri, storage_options)
            if there and mode in ("error", "append"):
                raise DeltaError(f"A Delta Lake table already exists at that location: {table_uri}")
            if not there or mode == "overwrite":
                _open.create(
                    table_uri,
                    columns.native(),
                    partition_by=partition_by or (),
                    name=name,
                    description=description,
                    format="delta",
                    properties=properties,
                    replace=mode == "overwrite",
                    user_metadata=metadata_of(commit_properties),
                    storage_options=storage_options,
                )
        return cls(table_uri, storage_options=storage_options)

    def version(self) -> int:
        return int(self._handle.version)

    @property
    def table_uri(self) -> str:
        uri = self._handle.uri
        return f"file://{uri.rstrip('/')}/" if uri.startswith("/") else uri.rstrip("/") + "/"

    def schema(self) -> Schema:
        return schema_of(self._handle.schema)

    def metadata(self) -> Metadata:
        return Metadata(self._handle)

    def protocol(self) -> ProtocolVersions:
        said = self._handle.metadata.protocol

        def features(kind: str) -> list[str] | None:
            text = said.get(f"{kind} features")
            return None if text is None else [name.strip() for name in text.split(",") if name.strip()]

        return ProtocolVersions(
            int(said["reader version"]), int(said["writer version"]), features("writer"), features("reader")
        )

    def history(self, limit: int | None = None) -> list[dict[str, Any]]:
        """What each commit says, newest first."""
        with translated():
            return [commit_of(entry) for entry in self._handle.history(limit)]

    def count(self) -> int:
        with translated():
            return self._handle.count()

    def transaction_version(self, app_id: str) -> int | None:
        """The last of an application's own versions: what CommitProperties(app_transactions=...) gave."""
        with translated():
            return self._handle.application_version(app_id)

    # --- other versions

    def load_as_version(self, version: int | str | datetime.datetime) -> None:
        if isinstance(version, bool) or not isinstance(version, (int, str, datetime.datetime)):
            raise TypeError("a version is an int, a str or a datetime")
        with translated():
            self._handle = _open.open(self._handle.uri, version, self._storage_options)

    def update_incremental(self) -> None:
        """To the newest version."""
        with translated():
            self._handle = _open.open(self._handle.uri, None, self._storage_options)

    # --- files

    def _files(self, filters: Any) -> Any:
        with translated():
            where = where_of(filters)
            return _scan.narrowed(self._handle.scan(), None, where).files()

    def file_uris(self, partition_filters: Any = None, *, file_pruning_predicate: Any = None) -> list[str]:
        """Absolute paths of the files; with a condition, of those that may have rows for it."""
        filters = _filters(partition_filters, file_pruning_predicate, "partition_filters")
        return [file.uri for file in self._files(filters)]

    def partitions(self, partition_filters: Any = None, *, file_pruning_predicate: Any = None) -> list[dict[str, Any]]:
        filters = _filters(partition_filters, file_pruning_predicate, "partition_filters")
        found = {tuple(file.partition.items()): dict(file.partition) for file in self._files(filters) if file.partition}
        return list(found.values())

    def get_add_actions(self, flatten: bool = False) -> Any:
        """A row for each file: path, size_bytes, modification_time, num_records, its partition and statistics."""
        from ._actions import add_actions

        return _arrow.table(add_actions(self._handle, self._files(None), flatten))

    def deletion_vectors(self) -> Any:
        """A row for each file with deleted rows: its path, and for each stored row whether it is there still."""
        from ._actions import deletion_vectors

        with translated():
            return _arrow.reader(deletion_vectors(self._handle, self._files(None)))

    # --- rows

    def _relation(self) -> str:
        """The table as SQL names it."""
        return f"{literal(self._handle.uri)} AT (VERSION => {self.version()})"

    def scan(self, columns: list[str] | None = None, predicate: str | None = None) -> Any:
        """A RecordBatchReader."""
        with translated():
            return _arrow.reader(self._handle.scan(columns, predicate))

    def load_cdf(
        self,
        starting_version: int = 0,
        ending_version: int | None = None,
        starting_timestamp: str | None = None,
        ending_timestamp: str | None = None,
        columns: list[str] | None = None,
        predicate: str | None = None,
        allow_out_of_range: bool = False,
    ) -> Any:
        """A RecordBatchReader of what changed between two versions or times, both in."""
        start: Any = starting_version
        if starting_timestamp is not None and not starting_version:
            start = starting_timestamp
        end: Any = ending_version if ending_version is not None else ending_timestamp
        with translated():
            changes = changes_of(self._newest(), start, end, allow_out_of_range)
            if columns is not None:
                changes = changes.select(*columns)
            return _arrow.reader(changes.where(predicate) if predicate else changes)

    def to_pyarrow_dataset(
        self,
        partitions: Any = None,
        filesystem: Any = None,
        parquet_read_options: Any = None,
        schema: Any = None,
        as_large_types: bool = False,
        file_pruning_predicate: Any = None,
    ) -> Any:
        """Files as fragments where pyarrow reads them right; otherwise (deleted rows, renamed columns ...) the rows in
        memory."""
        from .._dataset import dataset_of

        filters = _filters(partitions, file_pruning_predicate, "partitions")
        if as_large_types and schema is None:
            schema = _arrow.large(self._handle.schema)
        with translated():
            files = None if filters is None else self._files(filters)
            return dataset_of(self._handle, schema, files, filesystem, parquet_read_options)

    def to_pyarrow_table(
        self, partitions: Any = None, columns: list[str] | None = None, filesystem: Any = None, filters: Any = None
    ) -> Any:
        import pyarrow

        if partitions is not None:
            warnings.warn("partitions is deprecated: use filters", DeprecationWarning, stacklevel=2)
        conditions = [each for each in (partitions, filters) if each is not None]
        if any(not isinstance(each, (str, list)) for each in conditions):  # an expression of pyarrow
            return self.to_pyarrow_dataset(file_pruning_predicate=partitions).to_table(columns=columns, filter=filters)
        with translated():
            scan = self._handle.scan(columns)
            for condition in conditions:
                where = where_of(condition)
                scan = scan.where(where) if where else scan
            return scan.to_pyarrow().cast(pyarrow.schema(scan.schema))

    def to_pandas(
        self,
        partitions: Any = None,
        columns: list[str] | None = None,
        filesystem: Any = None,
        filters: Any = None,
        types_mapper: Any = None,
    ) -> Any:
        table = self.to_pyarrow_table(partitions, columns, filesystem, filters)
        return table.to_pandas(types_mapper=types_mapper)

    def __datafusion_table_provider__(self, session: Any | None = None) -> Any:
        raise missing("the table provider of DataFusion", "QueryBuilder, or the table as an Arrow stream")

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._handle.__arrow_c_stream__(requested_schema)

    # --- verbs

    def _did(self, verb: Any) -> Any:
        """Runs a verb on the newest version; the table then stands at what it committed."""
        with translated():
            handle = _open.open(self._handle.uri, None, self._storage_options) if self._handle._pinned else self._handle
            try:
                return verb(handle)
            finally:
                self._handle = handle

    def delete(
        self,
        predicate: str | None = None,
        writer_properties: WriterProperties | None = None,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> dict[str, Any]:
        commit_properties = commit_last("delete", args, commit_properties, post_commithook_properties)
        options = {**commit_options(commit_properties), **file_options(writer_properties)}
        report = self._did(lambda handle: handle.delete(rewritten(predicate, {}) or None, **options))
        return {**changed(report), "num_deleted_rows": report.rows_deleted, **copied(report), "rewrite_time_ms": ms(report, "rewrite", "write")}

    def update(
        self,
        updates: dict[str, str] | None = None,
        new_values: dict[str, Any] | None = None,
        predicate: str | None = None,
        writer_properties: WriterProperties | None = None,
        error_on_type_mismatch: bool = True,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> dict[str, Any]:
        """updates: SQL expressions by column. new_values: values by column."""
        commit_properties = commit_last("update", args, commit_properties, post_commithook_properties)
        if (updates is None) == (new_values is None):
            raise ValueError("give either updates or new_values")
        if not error_on_type_mismatch:
            raise missing("error_on_type_mismatch=False", "TRY_CAST in the expression")
        if updates is not None:
            pairs = {column_of(name, {}): rewritten(expression, {}) for name, expression in updates.items()}
        else:
            pairs = {column_of(name, {}): literal(value) for name, value in (new_values or {}).items()}
        options = {**commit_options(commit_properties), **file_options(writer_properties)}
        report = self._did(lambda handle: handle.update(pairs, rewritten(predicate, {}) or None, **options))
        return {**changed(report), "num_updated_rows": report.rows_updated, **copied(report)}

    def merge(
        self,
        source: Any,
        predicate: str,
        source_alias: str | None = None,
        target_alias: str | None = None,
        merge_schema: bool = False,
        error_on_type_mismatch: bool = True,
        writer_properties: WriterProperties | None = None,
        streamed_exec: bool = True,
        max_spill_size: int | None = None,
        max_temp_directory_size: int | None = None,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> TableMerger:
        """Begins a merge. Memory and spilling are the engine's: lakelet.configure(memory_limit=...)."""
        commit_properties = commit_last("merge", args, commit_properties, post_commithook_properties)
        if not error_on_type_mismatch:
            raise missing("error_on_type_mismatch=False", "TRY_CAST in the expressions")
        options = {**commit_options(commit_properties), **file_options(writer_properties)}
        if merge_schema:
            options["schema_mode"] = "merge"
        return TableMerger(self, source, predicate, source_alias, target_alias, options)

    @property
    def alter(self) -> TableAlterer:
        return TableAlterer(self)

    @property
    def optimize(self) -> TableOptimizer:
        return TableOptimizer(self)

    def create_write_transaction(
        self,
        actions: list[AddAction | RemoveAction],
        mode: str,
        schema: Any,
        partition_by: list[str] | str | None = None,
        partition_filters: Any = None,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        """Commits files that are in the table's folder already. Their footers are read: what doesn't fit the table is
        refused, whatever the actions say of it."""
        commit_properties = commit_first("create_write_transaction", args, commit_properties, post_commithook_properties)
        options = commit_options(commit_properties)
        options.pop("retry_seconds", None)
        change = file_changes(actions, mode, partition_by, self._handle)
        where = where_of(partition_filters)

        def run(handle: Table) -> Any:
            remove = change.remove
            if mode == "overwrite":
                remove = [file.path for file in _scan.narrowed(handle.scan(), None, where).files()]
            return handle.change_files(change.add, remove, overwrite=mode == "overwrite", **options)

        self._did(run)

    def __repr__(self) -> str:
        return "DeltaTable()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeltaTable) and (self.table_uri, self.version()) == (other.table_uri, other.version())

    __hash__ = None  # type: ignore[assignment]


def _filters(old: Any, new: Any, name: str) -> Any:
    if old is None:
        return new
    if new is not None:
        raise ValueError(f"{name} is deprecated: give file_pruning_predicate alone")
    warnings.warn(f"{name} is deprecated: use file_pruning_predicate", DeprecationWarning, stacklevel=3)
    return old
