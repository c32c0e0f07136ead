"""What keeps a DeltaTable small and whole."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from .. import _open, _upkeep
from ._manifests import write_manifests
from ._positional import by_position
from .exceptions import DeltaError, translated
from .transaction import CommitProperties, PostCommitHookProperties, commit_options

if TYPE_CHECKING:
    from .._table import Table


def metadata_of(properties: CommitProperties | None) -> dict[str, str]:
    """What is told with a commit that has no other options."""
    metadata: dict[str, str] = commit_options(properties).get("user_metadata", {})
    return metadata


class Upkeep:
    """The verbs of a DeltaTable that change none of its rows, or bring back those of another version."""

    _handle: Table
    _storage_options: dict[str, str] | None
    _did: Any
    _files: Any
    update_incremental: Any

    def _newest(self) -> Table:
        """A handle on the newest version, that nothing moves."""
        return _open.open(self._handle.uri, None, self._storage_options)

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
        """Paths of the files that no version within the retention needs; with dry_run=False they are deleted. full:
        also files that no version names, if they are older than an hour or the retention isn't enforced."""
        order = ("post_commithook_properties", "commit_properties", "full", "keep_versions")
        given = (post_commithook_properties, commit_properties, full, keep_versions)
        _, commit_properties, full, keep_versions = by_position("vacuum", args, order, given)
        if retention_hours is not None and retention_hours < 0:
            raise ValueError("The retention periods should be positive.")
        kept = None if retention_hours is None else datetime.timedelta(hours=retention_hours)
        options: dict[str, Any] = {
            "full": full,
            "force": not enforce_retention_duration,
            "dry_run": dry_run,
            "uncommitted": kept if not enforce_retention_duration else None,
            "list": True,
            "keep_versions": keep_versions or [],
            "user_metadata": metadata_of(commit_properties),
        }
        if dry_run:
            with translated():
                return self._newest().vacuum(kept, **options).found
        found: list[str] = self._did(lambda handle: handle.vacuum(kept, **options)).found
        return found

    def restore(
        self,
        target: int | datetime.datetime | str,
        *,
        ignore_missing_files: bool = False,
        protocol_downgrade_allowed: bool = False,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> dict[str, Any]:
        """Makes the newest version what that one was. The protocol never goes back."""
        if isinstance(target, bool) or not isinstance(target, (int, datetime.datetime, str)):
            raise DeltaError("a version or a time says what to restore")

        def run(handle: Table) -> dict[str, Any]:
            old = handle.at_version(target) if isinstance(target, int) else handle.at_timestamp(target)
            if old.version >= handle.refresh().version:
                raise DeltaError(f"version {old.version} is the newest one: there is nothing to restore")
            metadata = metadata_of(commit_properties)
            done = handle.restore(old.version, ignore_missing=ignore_missing_files, user_metadata=metadata)
            return {"numRemovedFile": done.files_removed, "numRestoredFile": done.files_restored}

        metrics: dict[str, Any] = self._did(run)
        return metrics

    def create_checkpoint(self) -> None:
        """Of the newest version."""
        with translated():
            self._newest().checkpoint()

    def compact_logs(self, starting_version: int, ending_version: int) -> None:
        """These commits in one file beside them."""
        if ending_version <= starting_version:
            raise DeltaError(f"no range of versions to compact: {starting_version} to {ending_version}")
        with translated():
            self._newest().compact_log(starting_version, ending_version)

    def cleanup_metadata(self) -> None:
        """Deletes what of the log is older than delta.logRetentionDuration."""
        with translated():
            self._newest().clean_log()

    def repair(
        self,
        dry_run: bool = False,
        *args: Any,
        commit_properties: CommitProperties | None = None,
        post_commithook_properties: PostCommitHookProperties | None = None,
    ) -> dict[str, Any]:
        """Takes files that are gone out of the table. A checkpoint that is damaged is written again too."""
        order = ("post_commithook_properties", "commit_properties")
        given = (post_commithook_properties, commit_properties)
        _, commit_properties = by_position("repair", args, order, given)
        with translated():
            report = _upkeep.doctor(
                self._handle.uri,
                repair=not dry_run,
                user_metadata=metadata_of(commit_properties),
                storage_options=self._storage_options,
            )
            gone = [each for each in report.findings if each.check == "missing file"]
            if not dry_run:
                self.update_incremental()
        return {"dry_run": dry_run, "files_removed": [each.subject for each in gone if dry_run or each.repaired]}

    def generate(self) -> None:
        """Writes manifests of symbolic links for the version that this handle has; on the local disk."""
        with translated():
            write_manifests(self._handle.uri, self._files(None))
