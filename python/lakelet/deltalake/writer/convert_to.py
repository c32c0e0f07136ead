"""Parquet files that become a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ... import _open, _upkeep
from .._missing import missing
from .._positional import commit_first
from .._upkeep import metadata_of
from ..exceptions import DeltaError, translated
from ..schema import Schema

__all__ = ["convert_to_deltalake"]


def convert_to_deltalake(
    uri: str | Path,
    mode: str = "error",
    partition_by: Any = None,
    partition_strategy: str | None = None,
    name: str | None = None,
    description: str | None = None,
    configuration: Mapping[str, str | None] | None = None,
    storage_options: dict[str, str] | None = None,
    *args: Any,
    collect_stats: bool = True,
    commit_properties: Any = None,
    post_commithook_properties: Any = None,
) -> None:
    """Makes the Parquet files of a folder a table where they are. Partition columns that aren't given are found out from
    folders named "column=value"."""
    commit_properties = commit_first("convert_to_deltalake", args, commit_properties, post_commithook_properties)
    if partition_by is not None and partition_strategy is None:
        raise ValueError("Partition strategy has to be provided with partition_by.")
    if partition_strategy not in (None, "hive", "directory"):
        raise ValueError("Partition strategy must be `hive` or `directory`.")
    if partition_strategy == "directory":
        raise missing('partition_strategy="directory"', "folders named column=value")
    if partition_by is not None and not isinstance(partition_by, Schema):
        partition_by = Schema.from_arrow(partition_by)
    with translated():
        if _open.exists(uri, storage_options):
            if mode == "ignore":
                return
            raise DeltaError(f"there is a table at {uri} already")
        _upkeep.convert(
            uri,
            format="delta",
            partition_by=None if partition_by is None else partition_by.native(),
            name=name,
            description=description,
            properties={key: value for key, value in (configuration or {}).items() if value is not None},
            statistics=collect_stats,
            user_metadata=metadata_of(commit_properties),
            storage_options=storage_options,
        )
