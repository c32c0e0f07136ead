"""What a table says of itself, as the `deltalake` package has it."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from .. import _table

_MILLIS = datetime.timedelta(milliseconds=1)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def milliseconds(moment: datetime.datetime) -> int:
    """Since the epoch."""
    return (moment - _EPOCH) // _MILLIS


class ProtocolVersions(NamedTuple):
    """The protocol that the table asks of its readers and writers."""

    min_reader_version: int
    min_writer_version: int
    writer_features: list[str] | None
    reader_features: list[str] | None


class DeltaTableConfig(NamedTuple):
    """How the table was opened: the options are taken and have no effect."""

    without_files: bool
    log_buffer_size: int
    skip_stats: bool = False


class Metadata:
    """What the table says of itself."""

    def __init__(self, handle: _table.Table) -> None:
        self._metadata = handle.metadata
        self._partition_columns = handle.partition_columns
        self._configuration = handle.properties

    @property
    def id(self) -> str:
        return self._metadata.id

    @property
    def name(self) -> str | None:
        return self._metadata.name or None

    @property
    def description(self) -> str | None:
        return self._metadata.description or None

    @property
    def partition_columns(self) -> list[str]:
        return self._partition_columns

    @property
    def created_time(self) -> int | None:
        """Milliseconds since the epoch."""
        created = self._metadata.created
        return None if created is None else milliseconds(created)

    @property
    def configuration(self) -> dict[str, str]:
        return self._configuration

    def __str__(self) -> str:
        return (
            f"Metadata(id: {self.id}, name: {self.name}, description: {self.description}, "
            f"partition_columns: {self.partition_columns}, created_time: {self.created_time}, "
            f"configuration: {self.configuration})"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Metadata) and str(self) == str(other)

    __hash__ = None  # type: ignore[assignment]
