"""Manifests of symbolic links, for engines that read Hive tables: https://docs.delta.io/latest/presto-integration.html."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from .._report import ScannedFile
from .exceptions import DeltaError

_FOLDER = "_symlink_format_manifest"


def write_manifests(table: str, files: Iterable[ScannedFile]) -> None:
    """A file for each partition that lists its data files, in the table's folder; those of partitions that are gone go."""
    if not table.startswith("/"):
        raise DeltaError(f"manifests are written only on the local disk, not to {table}")
    paths: dict[Path, list[str]] = {}
    for file in files:
        if file.deleted_rows:
            raise DeltaError(f"{file.path} has deleted rows, which no manifest can tell: optimize the table first")
        below = os.path.relpath(file.uri, table)
        if below.startswith(".."):
            raise DeltaError(f"{file.uri} isn't in the table's folder")
        folder = Path(below).parent if file.partition else Path()
        paths.setdefault(Path(table, _FOLDER, folder, "manifest"), []).append(file.uri)
    for path, uris in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(".manifest.new")
        fresh.write_text("".join(f"{uri}\n" for uri in sorted(uris)), encoding="utf-8")
        fresh.replace(path)
    for old in Path(table, _FOLDER).rglob("manifest"):
        if old not in paths:
            old.unlink()
