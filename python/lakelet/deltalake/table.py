"""DeltaTable: the names of the `deltalake` package over lakelet's table."""

from __future__ import annotations

import datetime
import json
import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .. import _scan, _table
from .._report import Report
from ..errors import Error
from . import _arrow, _features
from ._filters import literal, where_of
from ._missing import missing
from ._names import column_of, quoted, rewritten
from ._sources import arrow_of, columns_of, delta_source
from .exceptions import DeltaError, translated
from .schema import Field, Schema, schema_of
from .transaction import CommitProperties, PostCommitHookProperties, commit_options
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

# What a commit says that isn't text; a user's own words are text even where they look like a number.
_NUMBERS = ("timestamp", "readVersion", "isBlindAppend", "inCommitTimestamp", "read_version", "num_retries")
_MILLIS = datetime.timedelta(milliseconds=1)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class ProtocolVersions(NamedTuple):
    """The protocol that the table asks of its readers and writers."""

    min_reader_version: int
    min_writer_version: int
    writer_features: list[str] | None
    reader_features: list[str] | None


class DeltaTableConfig(NamedTuple):
    """How the table was opened: the options are taken and have no effect."""

    without_files: bool
    log_buffer_size: int
    skip_stats: bool = False


class Metadata:
    """What the table says of itself."""

    def __init__(self, handle: _table.Table) -> None:
        self._metadata = handle.metadata
        self._partition_columns = handle.partition_columns
        self._configuration = handle.properties

    @property
    def id(self) -> str:
        return self._metadata.id

    @property
    def name(self) -> str | None:
        return self._metadata.name or None

    @property
    def description(self) -> str | None:
        return self._metadata.description or None

    @property
    def partition_columns(self) -> list[str]:
        return self._partition_columns

    @property
    def created_time(self) -> int | None:
        """Milliseconds since the epoch."""
        created = self._metadata.created
        return None if created is None else (created - _EPOCH) // _MILLIS

    @property
    def configuration(self) -> dict[str, str]:
        return self._configuration

    def __str__(self) -> str:
        return (
            f"Metadata(id: {self.id}, name: {self.name}, description: {self.description}, "
            f"partition_columns: {self.partition_columns}, created_time: {self.created_time}, "
            f"configuration: {self.configuration})"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Metadata) and str(self) == str(other)

    __hash__ = None  # type: ignore[assignment]


class DeltaTable:
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
        self._asked = (without_files, log_buffer_size, skip_stats)
        uri = os.fspath(table_uri).removeprefix("file://") if os.fspath(table_uri) != "file://" else "/"
        with translated():
            self._handle = _table.open(uri, version, storage_options)
            self._handle.version

    # --- what it is

    @property
    def table_config(self) -> DeltaTableConfig:
        warnings.warn("table_config has no effect", DeprecationWarning, stacklevel=2)
        return DeltaTableConfig(self._asked[0], self._asked[1] or 0, self._asked[2])

    @staticmethod
    def is_deltatable(
        table_uri: str | Path | os.PathLike[str], storage_options: dict[str, str] | None = None
    ) -> bool:
        try:
            return _table.exists(table_uri, storage_options) and _table.open(table_uri, None, storage_options).metadata.format == "delta"
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
        """Makes a table without rows. mode overwrite replaces one that is there; append is an error if one is."""
        if commit_properties is not None and commit_properties.custom_metadata:
            raise missing("custom_metadata of create", "an empty write_deltalake with commit_properties")
        columns = schema if isinstance(schema, Schema) else Schema.from_arrow(schema)
        properties = {key: value for key, value in (configuration or {}).items() if value is not None}
        if raise_if_key_not_exists:
            _features.require_known(properties)
        with translated():
            there = _table.exists(table_uri, storage_options)
            if there and mode in ("error", "append"):
                raise DeltaError(f"A Delta Lake table already exists at that location: {table_uri}")
            if there and mode == "overwrite":
                raise missing("mode=\"overwrite\" of create", 'lakelet.sql("create or replace table ...")')
            if not there:
                _table.create(
                    table_uri,
                    columns.native(),
                    partition_by=partition_by or (),
                    name=name,
                    description=description,
                    format="delta",
                    properties=properties,
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
            return [_commit_of(entry) for entry in self._handle.history(limit)]

    def count(self) -> int:
        with translated():
            return self._handle.count()

    def transaction_version(self, app_id: str) -> int | None:
        raise missing("transaction_version", "write_deltalake with app_transactions: what was written already isn't again")

    # --- other versions

    def load_as_version(self, version: int | str | datetime.datetime) -> None:
        if isinstance(version, bool) or not isinstance(version, (int, str, datetime.datetime)):
            raise TypeError("a version is an int, a str or a datetime")
        with translated():
            self._handle = _table.open(self._handle.uri, version, self._storage_options)

    def update_incremental(self) -> None:
        """To the newest version."""
        with translated():
            self._handle = _table.open(self._handle.uri, None, self._storage_options)

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
        if allow_out_of_range:
            raise missing("allow_out_of_range", "a range within the table's history")
        with translated():
            changes = _table.open(self._handle.uri, None, self._storage_options).changes(start, end)
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
            handle = _table.open(self._handle.uri, None, self._storage_options) if self._handle._pinned else self._handle
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
        options = {**commit_options(commit_properties), **file_options(writer_properties)}
        report = self._did(lambda handle: handle.delete(rewritten(predicate, {}) or None, **options))
        return {**_changed(report), "num_deleted_rows": report.rows_deleted, **_copied(report), "rewrite_time_ms": _ms(report, "rewrite", "write")}

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
        return {**_changed(report), "num_updated_rows": report.rows_updated, **_copied(report)}

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

    # --- what isn't here

    def vacuum(
        self,
        retention_hours: int | None = None,
        dry_run: bool = True,
        enforce_retention_duration: bool = True,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
        full: bool = False,
        keep_versions: list[int] | None = None,
    ) -> list[str]:
        raise missing("vacuum", "another writer for now")

    def restore(
        self,
        target: int | datetime.datetime | str,
        *,
        ignore_missing_files: bool = False,
        protocol_downgrade_allowed: bool = False,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> dict[str, Any]:
        raise missing("restore", 'write_deltalake(uri, DeltaTable(uri, version), mode="overwrite")')

    def create_checkpoint(self) -> None:
        raise missing("create_checkpoint", "the property delta.checkpointInterval: commits make them by themselves")

    def compact_logs(self, starting_version: int, ending_version: int) -> None:
        raise missing("compact_logs", "the property lakelet.logCompactionInterval")

    def cleanup_metadata(self) -> None:
        raise missing("cleanup_metadata", "the property delta.logRetentionDuration: checkpoints clean up")

    def generate(self) -> None:
        raise missing("generate", "a reader that knows Delta's log")

    def repair(
        self,
        dry_run: bool = False,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> dict[str, Any]:
        raise missing("repair", "another writer for now")

    def create_write_transaction(
        self,
        actions: list[Any],
        mode: str,
        schema: Any,
        partition_by: list[str] | str | None = None,
        partition_filters: Any = None,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        raise missing("create_write_transaction", "write_deltalake, which writes the files too")

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


def _json_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _commit_of(entry: Any) -> dict[str, Any]:
    """A commit as its commitInfo has it."""
    said = {key: _json_value(text) if key in _NUMBERS or text[:1] in "{[" else text for key, text in entry.other.items()}
    commit: dict[str, Any] = {"timestamp": said.pop("timestamp", (entry.timestamp - _EPOCH) // _MILLIS)}
    commit["operation"] = entry.operation
    commit["operationParameters"] = dict(entry.parameters)
    if "readVersion" in said:
        commit["readVersion"] = said.pop("readVersion")
    if entry.engine:
        commit["engineInfo"] = entry.engine
    if entry.user:
        commit["userName"] = entry.user
    if entry.metrics:
        commit["operationMetrics"] = {key: _json_value(text) for key, text in entry.metrics.items()}
    commit.update(said)
    commit["version"] = entry.version
    return commit


def _ms(report: Any, *stages: str) -> int:
    return int(round(1000 * sum(report.stages.get(name, 0.0) for name in stages)))


def _changed(report: Any) -> dict[str, Any]:
    return {"num_added_files": report.files_added, "num_removed_files": report.files_removed}


def _copied(report: Any) -> dict[str, Any]:
    return {
        "num_copied_rows": report.rows_copied,
        "execution_time_ms": round(1000 * report.seconds),
        "scan_time_ms": _ms(report, "scan"),
    }


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
        self._clauses: list[tuple[str, dict[str, str] | None, str]] = []

    def _add(self, kind: str, updates: Mapping[str, str] | None, predicate: str | None) -> TableMerger:
        pairs = None
        if updates is not None:
            names = self._aliases
            pairs = {column_of(name, names): rewritten(expression, names) for name, expression in updates.items()}
        self._clauses.append((kind, pairs, rewritten(predicate, self._aliases)))
        return self

    def _all_but(self, except_cols: list[str] | None) -> dict[str, str] | None:
        if not except_cols:
            return None
        if self._columns is None:
            raise TypeError("except_cols needs a source whose columns are known before it is read")
        names = [field.name for field in self._columns.fields if field.name not in except_cols]
        return {quoted(name): f"source.{quoted(name)}" for name in names}

    def when_matched_update(self, updates: dict[str, str], predicate: str | None = None) -> TableMerger:
        return self._add("when_matched_update", updates, predicate)

    def when_matched_update_all(
        self, predicate: str | None = None, except_cols: list[str] | None = None
    ) -> TableMerger:
        updates = self._all_but(except_cols)
        return self._add("when_matched_update" if updates else "when_matched_update_all", updates, predicate)

    def when_matched_delete(self, predicate: str | None = None) -> TableMerger:
        return self._add("when_matched_delete", None, predicate)

    def when_not_matched_insert(self, updates: dict[str, str], predicate: str | None = None) -> TableMerger:
        return self._add("when_not_matched_insert", updates, predicate)

    def when_not_matched_insert_all(
        self, predicate: str | None = None, except_cols: list[str] | None = None
    ) -> TableMerger:
        updates = self._all_but(except_cols)
        return self._add("when_not_matched_insert" if updates else "when_not_matched_insert_all", updates, predicate)

    def when_not_matched_by_source_update(self, updates: dict[str, str], predicate: str | None = None) -> TableMerger:
        return self._add("when_not_matched_by_source_update", updates, predicate)

    def when_not_matched_by_source_delete(self, predicate: str | None = None) -> TableMerger:
        return self._add("when_not_matched_by_source_delete", None, predicate)

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
            "scan_time_ms": _ms(report, "scan"),
            "rewrite_time_ms": _ms(report, "rewrite", "write"),
        }

    def _run(self, handle: _table.Table) -> Report:
        source = delta_source(self._arrow, handle.schema, self._table._storage_options)
        options = dict(self._options)
        if self._columns is not None and all(field.name in handle.schema for field in self._columns.fields):
            options.pop("schema_mode", None)  # there is nothing to merge
        merge = handle.merge(source, self._on, **options)
        for kind, updates, predicate in self._clauses:
            arguments = [] if updates is None else [updates]
            getattr(merge, kind)(*arguments, predicate or None)
        return merge.execute()


class TableAlterer:
    """Changes of what the table is; each is one commit."""

    def __init__(self, table: DeltaTable) -> None:
        self.table = table

    def _alter(self, properties: CommitProperties | None, *changes: tuple[str, dict[str, Any]]) -> None:
        options = commit_options(properties)
        self.table._did(lambda handle: handle.alter(*changes, **options))

    def add_feature(
        self,
        feature: Any,
        allow_protocol_versions_increase: bool = False,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        features = [feature] if isinstance(feature, _features.TableFeatures) else list(feature)
        self.table._did(lambda handle: _features.require_room(handle, allow_protocol_versions_increase))
        properties = {f"delta.feature.{each.delta_name}": "supported" for each in features}
        self._alter(commit_properties, ("set_properties", {"properties": properties}))

    def add_columns(
        self,
        fields: Field | list[Field],
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        every = [fields] if isinstance(fields, Field) else list(fields)
        self._alter(commit_properties, *[("add_column", {"field": field._native()}) for field in every])

    def add_constraint(
        self,
        constraints: dict[str, str],
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        changes = [("add_constraint", {"name": name, "condition": text}) for name, text in constraints.items()]
        self._alter(commit_properties, *changes)

    def drop_constraint(
        self,
        name: str,
        raise_if_not_exists: bool = True,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        self._alter(commit_properties, ("drop_constraint", {"name": name, "if_exists": not raise_if_not_exists}))

    def drop_column_not_null(
        self,
        column_name: str,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        self._alter(commit_properties, ("set_not_null", {"column": [column_name], "not_null": False}))

    def set_table_properties(
        self,
        properties: dict[str, str],
        raise_if_not_exists: bool = True,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        if raise_if_not_exists:
            _features.require_known(properties)
        self._alter(commit_properties, ("set_properties", {"properties": dict(properties)}))

    def set_table_name(
        self,
        name: str,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        self._alter(commit_properties, ("set_name", {"name": name}))

    def set_table_description(
        self,
        description: str,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        self._alter(commit_properties, ("set_description", {"text": description}))

    def set_column_metadata(
        self,
        column: str,
        metadata: dict[str, str],
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        others = sorted(set(metadata) - {"comment"})
        if others:
            raise missing(f"set_column_metadata with {', '.join(others)}", "the key comment, or another writer")
        self._alter(commit_properties, ("set_column_comment", {"column": [column], "text": metadata["comment"]}))


def _seconds(interval: int | datetime.timedelta | None) -> float | None:
    return interval.total_seconds() if isinstance(interval, datetime.timedelta) else interval


def _sizes(files: Mapping[str, int]) -> str:
    """Figures of files by their sizes, as JSON."""
    sizes = list(files.values())
    total = sum(sizes)
    average = total / len(sizes) if sizes else 0.0
    said = {"avg": average, "max": max(sizes, default=0), "min": min(sizes, default=0)}
    return json.dumps({**said, "totalFiles": len(sizes), "totalSize": total}, separators=(",", ":"))


class TableOptimizer:
    """Compaction. Tasks, memory and spilling are the engine's: lakelet.configure(threads=..., memory_limit=...)."""

    def __init__(self, table: DeltaTable) -> None:
        self.table = table

    def _optimize(self, where: str | None, options: dict[str, Any]) -> dict[str, Any]:
        def run(handle: _table.Table) -> dict[str, Any]:
            before = {file.path: file.bytes for file in handle.files()}
            done = handle.optimize(where, **options)
            after = {file.path: file.bytes for file in handle.files()}
            added = {path: size for path, size in after.items() if path not in before}
            removed = {path: size for path, size in before.items() if path not in after}
            return {
                "numFilesAdded": done.report.files_added,
                "numFilesRemoved": done.report.files_removed,
                "filesAdded": _sizes(added),
                "filesRemoved": _sizes(removed),
                "partitionsOptimized": done.groups,
                "totalConsideredFiles": done.files_considered,
                "totalFilesSkipped": done.files_considered - done.report.files_removed,
            }

        metrics: dict[str, Any] = self.table._did(run)
        return metrics

    def compact(
        self,
        partition_filters: Any = None,
        target_size: int | None = None,
        max_concurrent_tasks: int | None = None,
        max_spill_size: int | None = None,
        max_temp_directory_size: int | None = None,
        min_commit_interval: int | datetime.timedelta | None = None,
        writer_properties: WriterProperties | None = None,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> dict[str, Any]:
        filters, writer = where_of(partition_filters), file_options(writer_properties)
        options = {**writer, **commit_options(commit_properties), "commit_seconds": _seconds(min_commit_interval)}
        return self._optimize(filters, {**options, "target_size": target_size})

    def z_order(
        self,
        columns: Iterable[str],
        partition_filters: Any = None,
        target_size: int | None = None,
        max_concurrent_tasks: int | None = None,
        max_spill_size: int | None = None,
        max_temp_directory_size: int | None = None,
        min_commit_interval: int | datetime.timedelta | None = None,
        writer_properties: WriterProperties | None = None,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> dict[str, Any]:
        filters, writer = where_of(partition_filters), file_options(writer_properties)
        options = {**writer, **commit_options(commit_properties), "commit_seconds": _seconds(min_commit_interval)}
        return self._optimize(filters, {**options, "target_size": target_size, "z_order": list(columns)})
