"""What keeps tables small and whole, and looks at one as a whole."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import _events, _lakelet, _schema, _session, _values
from ._diff import Diff
from ._report import (
    AnalyzeReport,
    CloneReport,
    ConvertReport,
    Finding,
    HealthReport,
    LogReport,
    RestoreReport,
    VacuumReport,
)

if TYPE_CHECKING:
    from ._table import Moment, Table

Duration = str | datetime.timedelta

_MICROSECOND = datetime.timedelta(microseconds=1)


def _micros(duration: Duration | None) -> int | None:
    if duration is None:
        return None
    if isinstance(duration, datetime.timedelta):
        return duration // _MICROSECOND
    if isinstance(duration, str):
        return _lakelet.parse_duration(duration)
    raise TypeError(f'a duration is a timedelta or text ("7 days", "36h"), not a {type(duration).__name__}')


def _texts(metadata: Mapping[str, Any] | None) -> dict[str, str]:
    return {str(name): str(value) for name, value in (metadata or {}).items()}


class Upkeep:
    """The verbs of a table that change none of its rows, or bring back those of another version."""

    _run: Any
    _still: Any

    def vacuum(
        self,
        retention: Duration | None = None,
        *,
        full: bool = False,
        force: bool = False,
        dry_run: bool = False,
        uncommitted: Duration | None = None,
        list: bool = False,
        keep_versions: Sequence[int] = (),
        user_metadata: Mapping[str, Any] | None = None,
    ) -> VacuumReport:
        """Deletes files that no version needs which was the newest one lately.

        retention: how long ago "lately" begins ("7 days", a timedelta); None: as the table's properties have it. Less
        than that needs force=True. full: also files that no version names, if they are older than `uncommitted` (an
        hour; an Iceberg table's three days unless force=True). dry_run: only says which. list: the report names the
        files also when they are deleted. keep_versions: their files stay, however old they are.
        """
        limits = (_micros(retention), full, force, _micros(uncommitted), dry_run, list, [*keep_versions])
        version, kept_for, since, *figures = self._run("vacuum", *limits, _texts(user_metadata))
        kept = datetime.timedelta(microseconds=kept_for)
        return VacuumReport(version, kept, _values.instant(since), *figures)

    def restore(
        self,
        version: Moment,
        *,
        ignore_missing: bool = False,
        dry_run: bool = False,
        if_version: int | None = None,
        user_metadata: Mapping[str, Any] | None = None,
    ) -> RestoreReport:
        """Makes the newest version what that one was, a number or a time: rows, columns, properties, as one commit.

        ignore_missing: rows of data files that are gone are given up, instead of NotFound.
        """
        is_time = not isinstance(version, int)
        target = version if isinstance(version, int) else _values.micros_of(_values.moment_of(version))
        arguments = (target, is_time, ignore_missing, dry_run, if_version, _texts(user_metadata))
        return RestoreReport(*self._run("restore", *arguments))

    def checkpoint(self, dry_run: bool = False) -> LogReport:
        """Writes the newest version in one piece, so that it can be opened without its past."""
        return LogReport(*self._run("checkpoint", dry_run))

    def compact_log(self, first: int | None = None, last: int | None = None, dry_run: bool = False) -> LogReport:
        """Several commits in one file beside them: those since the newest checkpoint, or these."""
        return LogReport(*self._run("compact_log", first, last, dry_run))

    def clean_log(self, dry_run: bool = False) -> LogReport:
        """Deletes what of the log only versions need that are older than the log's retention."""
        return LogReport(*self._run("clean_log", dry_run))

    def clone(
        self,
        destination: str | os.PathLike[str],
        *,
        shallow: bool = False,
        dry_run: bool = False,
        user_metadata: Mapping[str, Any] | None = None,
    ) -> CloneReport:
        """Makes a table of its own that is as this one at this handle's version.

        shallow: its files stay where they are, and it breaks once somebody vacuums this table past that version.
        """
        try:
            made = self._still().clone(os.fspath(destination), shallow, dry_run, _texts(user_metadata))
        finally:
            _events.end_bar()
        return CloneReport(*made)

    def analyze(
        self,
        columns: Sequence[str] = (),
        *,
        full: bool = False,
        dry_run: bool = False,
        user_metadata: Mapping[str, Any] | None = None,
    ) -> AnalyzeReport:
        """Gathers from the rows what the table should know of its files' columns and doesn't; with full=True, of all."""
        if isinstance(columns, str):
            raise TypeError("columns is a list of names")
        return AnalyzeReport(*self._run("analyze", list(columns), full, dry_run, _texts(user_metadata)))

    def diff(self: Any, later: Table | Moment, key: Sequence[str] = ()) -> Diff:
        """What lies between this version and a later one: a table, a version or a time. With `key`, columns that say
        which row is the same one, changed rows are updates."""
        if isinstance(later, int):
            return Diff(self, self.at_version(later), key)
        if isinstance(later, (str, datetime.datetime)):
            return Diff(self, self.at_timestamp(later), key)
        return Diff(self, later, key)


def doctor(
    uri: str | os.PathLike[str],
    *,
    repair: bool = False,
    full: bool = False,
    user_metadata: Mapping[str, Any] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> HealthReport:
    """Looks a table over: its log, its files and what is known of them, how they lie. full: reads every row too.

    What is wrong is in the report; a table that can't be opened can be looked over all the same. repair: mends what can
    be mended without losing rows that anybody could still read.
    """
    try:
        session = _session.session(storage_options)
        report = HealthReport(*session.doctor(os.fspath(uri), repair, full, _texts(user_metadata)))
    finally:
        _events.end_bar()
    return report._replace(findings=[Finding(*each) for each in report.findings])


def convert(
    folder: str | os.PathLike[str],
    *,
    format: str | None = None,
    into: str | os.PathLike[str] | None = None,
    partition_by: Any = None,
    schema: Any = None,
    name: str | None = None,
    description: str | None = None,
    properties: Mapping[str, str] | None = None,
    statistics: bool = True,
    dry_run: bool = False,
    user_metadata: Mapping[str, Any] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> ConvertReport:
    """Makes the Parquet files of a folder a table where they are: nothing but the table's own log is written.

    A table becomes one of another format over the same files, at the new place that `into` says.

    Folders named "column=value" become partition columns; partition_by gives them types ("day date"), schema gives the
    other columns theirs, where they aren't to be found out.
    """
    options = {
        "format": format or "",
        "into": os.fspath(into or ""),
        "name": name or "",
        "description": description or "",
        "properties": _texts(properties),
        "statistics": statistics,
        "dry_run": dry_run,
        "user_metadata": _texts(user_metadata),
    }
    partitions = None if partition_by is None else _schema.schema(partition_by)
    columns = None if schema is None else _schema.schema(schema)
    try:
        made = _session.session(storage_options).convert(os.fspath(folder), partitions, columns, options)
    finally:
        _events.end_bar()
    return ConvertReport(*made)
