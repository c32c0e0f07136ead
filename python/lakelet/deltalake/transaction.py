"""What is told with a commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._missing import missing

__all__ = [
    "AddAction",
    "CommitProperties",
    "PostCommitHookProperties",
    "RemoveAction",
    "Transaction",
    "create_table_with_add_actions",
]


class Transaction:
    """An application's own version: a write that was committed under it already isn't made again."""

    def __init__(self, app_id: str, version: int, last_updated: int | None = None) -> None:
        self.app_id = app_id
        self.version = version
        self.last_updated = last_updated

    def __repr__(self) -> str:
        return f"Transaction(app_id={self.app_id}, version={self.version}, last_updated={self.last_updated})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Transaction) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.app_id, self.version, self.last_updated))


@dataclass
class CommitProperties:
    """custom_metadata is kept in the table's history. max_commit_retries 0: a lost race is an error at once; lakelet
    otherwise retries for a minute. app_transactions: at most one."""

    custom_metadata: dict[str, Any] | None = None
    max_commit_retries: int | None = None
    app_transactions: list[Transaction] | None = None


@dataclass
class PostCommitHookProperties:
    """Taken for compatibility. When checkpoints are made and logs cleaned up, the table's properties say."""

    create_checkpoint: bool = True
    cleanup_expired_logs: bool | None = None


@dataclass
class AddAction:
    """A data file that a commit adds."""

    path: str
    size: int
    partition_values: Mapping[str, str | None]
    modification_time: int
    data_change: bool
    stats: str


@dataclass
class RemoveAction:
    """A data file that a commit removes."""

    path: str
    data_change: bool
    deletion_timestamp: int
    size: int | None = None
    partition_values: dict[str, str | None] | None = None


def commit_options(properties: CommitProperties | None) -> dict[str, Any]:
    """lakelet's options for a verb."""
    options: dict[str, Any] = {}
    if properties is None:
        return options
    if properties.custom_metadata:
        options["user_metadata"] = {str(key): str(value) for key, value in properties.custom_metadata.items()}
    if properties.max_commit_retries == 0:
        options["retry_seconds"] = 0.0
    if properties.app_transactions:
        if len(properties.app_transactions) > 1:
            raise missing("several app_transactions in one commit", "give one")
        first = properties.app_transactions[0]
        options["application_version"] = (first.app_id, first.version)
    return options


def create_table_with_add_actions(
    table_uri: str,
    schema: Any,
    add_actions: list[AddAction],
    mode: str = "error",
    partition_by: list[str] | str | None = None,
    name: str | None = None,
    description: str | None = None,
    configuration: Mapping[str, str | None] | None = None,
    storage_options: dict[str, str] | None = None,
    *args: Any,
    commit_properties: CommitProperties | None = None,
    post_commithook_properties: PostCommitHookProperties | None = None,
) -> None:
    raise missing("create_table_with_add_actions", "write_deltalake, or DeltaTable.create and write_deltalake")
