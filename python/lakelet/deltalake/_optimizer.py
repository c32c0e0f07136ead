"""TableOptimizer: compaction, and rows placed by columns."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .. import _table
from ._filters import where_of
from ._metrics import sizes
from ._positional import commit_last
from .transaction import CommitProperties, PostCommitHookProperties, commit_options
from .writer.properties import WriterProperties, file_options

if TYPE_CHECKING:
    from .table import DeltaTable


def _options(
    target_size: int | None,
    interval: int | datetime.timedelta | None,
    writer: WriterProperties | None,
    commit: CommitProperties | None,
) -> dict[str, Any]:
    seconds = interval.total_seconds() if isinstance(interval, datetime.timedelta) else interval
    return {**file_options(writer), **commit_options(commit), "commit_seconds": seconds, "target_size": target_size}


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
                "filesAdded": sizes(added),
                "filesRemoved": sizes(removed),
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
        commit_properties = commit_last("compact", args, commit_properties, post_commithook_properties)
        options = _options(target_size, min_commit_interval, writer_properties, commit_properties)
        return self._optimize(where_of(partition_filters), options)

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
        commit_properties = commit_last("z_order", args, commit_properties, post_commithook_properties)
        options = _options(target_size, min_commit_interval, writer_properties, commit_properties)
        return self._optimize(where_of(partition_filters), {**options, "z_order": list(columns)})
