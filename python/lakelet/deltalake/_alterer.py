"""TableAlterer: changes of what a table is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _features
from ._missing import missing
from ._positional import commit_first, commit_last
from .schema import Field
from .transaction import CommitProperties, PostCommitHookProperties, commit_options

if TYPE_CHECKING:
    from .table import DeltaTable


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
        commit_properties = commit_first("add_feature", args, commit_properties, post_commithook_properties)
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
        commit_properties = commit_first("add_columns", args, commit_properties, post_commithook_properties)
        every = [fields] if isinstance(fields, Field) else list(fields)
        self._alter(commit_properties, *[("add_column", {"field": field._native()}) for field in every])

    def add_constraint(
        self,
        constraints: dict[str, str],
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        commit_properties = commit_last("add_constraint", args, commit_properties, post_commithook_properties)
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
        commit_properties = commit_last("drop_constraint", args, commit_properties, post_commithook_properties)
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
        commit_properties = commit_first("set_table_properties", args, commit_properties, post_commithook_properties)
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
        commit_properties = commit_first("set_table_name", args, commit_properties, post_commithook_properties)
        self._alter(commit_properties, ("set_name", {"name": name}))

    def set_table_description(
        self,
        description: str,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        commit_properties = commit_first("set_table_description", args, commit_properties, post_commithook_properties)
        self._alter(commit_properties, ("set_description", {"text": description}))

    def set_column_metadata(
        self,
        column: str,
        metadata: dict[str, str],
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> None:
        commit_properties = commit_first("set_column_metadata", args, commit_properties, post_commithook_properties)
        others = sorted(set(metadata) - {"comment"})
        if others:
            raise missing(f"set_column_metadata with {', '.join(others)}", "the key comment, or another writer")
        self._alter(commit_properties, ("set_column_comment", {"column": [column], "text": metadata["comment"]}))
