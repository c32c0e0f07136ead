"""write_deltalake."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import _open, _session
from .._sources import delta_source
from ..exceptions import DeltaError, translated
from ..transaction import CommitProperties, PostCommitHookProperties, commit_options
from .properties import WriterProperties, file_options

if TYPE_CHECKING:
    from ..table import DeltaTable

__all__ = ["write_deltalake"]

_MODES = ("error", "append", "overwrite", "ignore")


def write_deltalake(
    table_or_uri: str | Path | DeltaTable,
    data: Any,
    *,
    partition_by: list[str] | str | None = None,
    mode: str = "error",
    name: str | None = None,
    description: str | None = None,
    configuration: Mapping[str, str | None] | None = None,
    schema_mode: str | None = None,
    storage_options: dict[str, str] | None = None,
    predicate: str | None = None,
    target_file_size: int | None = None,
    writer_properties: WriterProperties | None = None,
    commit_properties: CommitProperties | None = None,
    post_commithook_properties: PostCommitHookProperties | None = None,
) -> None:
    """Writes rows to a table, which is made if it isn't there. See lakelet.write for what `data` may be."""
    if mode not in _MODES:
        raise ValueError(f"mode is one of {', '.join(_MODES)}, not {mode}")
    table: DeltaTable | None = None
    if isinstance(table_or_uri, (str, os.PathLike)):
        uri = os.fspath(table_or_uri)
    else:
        table = table_or_uri
        uri = table._handle.uri
        storage_options = {**(table._storage_options or {}), **(storage_options or {})} or None
    options = {**commit_options(commit_properties), **file_options(writer_properties)}
    if schema_mode is not None:
        options["schema_mode"] = schema_mode
    if target_file_size is not None:
        options["target_file_size"] = target_file_size
    properties = {key: value for key, value in (configuration or {}).items() if value is not None}
    made = _open.create_options(partition_by, name, description, "delta", properties)
    with translated():
        session = _session.session(storage_options)
        there = session.exists(uri)
        if there and mode == "error":
            raise DeltaError(f"A table already exists at: {uri}")
        if there and mode == "ignore":
            return
        known = session.open(uri).facts()[2] if there else None
        source = delta_source(data, known if schema_mode != "overwrite" else None, storage_options)
        where = predicate or "" if there else ""
        session.write(uri, source, mode, where, options, made)
    if table is not None:
        table.update_incremental()
