"""Parquet files that become a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._missing import missing

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
    if partition_by is not None and partition_strategy is None:
        raise ValueError("Partition strategy has to be provided with partition_by.")
    if partition_strategy not in (None, "hive", "directory"):
        raise ValueError("Partition strategy must be `hive` or `directory`.")
    raise missing("convert_to_deltalake", "lakelet.write(uri, lakelet.files(...)) to write the rows anew")
