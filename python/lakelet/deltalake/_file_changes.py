"""Files that other writers made, as actions tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from .. import _table
from ._missing import missing
from .exceptions import DeltaError
from .transaction import AddAction, RemoveAction


class FileChanges(NamedTuple):
    add: list[tuple[str, Mapping[str, str | None]]]
    remove: list[str]


def file_changes(
    actions: Sequence[AddAction | RemoveAction], mode: str, partition_by: Sequence[str] | str | None, table: _table.Table
) -> FileChanges:
    """What the actions ask for. Throws DeltaError for what contradicts itself or the table."""
    if mode not in ("append", "overwrite"):
        raise DeltaError(f"mode is append or overwrite, not {mode}")
    columns = [partition_by] if isinstance(partition_by, str) else list(partition_by or ())
    if columns and columns != table.partition_columns:
        raise DeltaError(f"the table is partitioned by {table.partition_columns}, not by {columns}")
    changes = FileChanges([], [])
    for action in actions:
        if not action.data_change:
            raise missing("create_write_transaction with data_change=False", "optimize")
        if isinstance(action, AddAction):
            changes.add.append((unquote(action.path), dict(action.partition_values)))
        elif mode == "overwrite":
            raise DeltaError("an overwrite says itself what it removes: leave the RemoveActions out")
        else:
            changes.remove.append(action.path)
    both = {path for path, _ in changes.add} & {unquote(path) for path in changes.remove}
    if both:
        raise DeltaError(f"{min(both)} is both added and removed")
    return changes
