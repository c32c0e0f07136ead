"""lakelet: create, read, write, merge and look into lakehouse tables, with no server and no cluster.

    import lakelet
    table = lakelet.create("weather", "time timestamp, city string, temperature float")
    lakelet.write("weather", frame)
    table.merge(day2, "target.time = source.time").when_matched_update_all().when_not_matched_insert_all().execute()
    lakelet.sql("select city, max(temperature) from 'weather' group by city").to_pandas()
"""

from __future__ import annotations

from . import errors
from ._data import files, query
from ._events import progress
from ._lakelet import Source, __version__
from ._merge import MergeBuilder
from ._report import (
    ColumnBounds,
    FileInfo,
    HistoryEntry,
    OptimizeReport,
    PartitionInfo,
    Report,
    ScannedFile,
    TableDetail,
    TableMetadata,
)
from ._rows import Rows
from ._scan import Scan, Split
from ._schema import Field, Schema, Type, field, schema
from ._session import configure
from ._sql import sql
from ._table import Table, create, exists, open, write
from .errors import (
    AlreadyExists,
    Cancelled,
    CommitUnknown,
    Conflict,
    ConstraintViolation,
    CorruptTable,
    Error,
    Exhausted,
    Internal,
    InvalidArgument,
    NotFound,
    Permission,
    Unavailable,
    UnsupportedFeature,
)

__all__ = [
    "AlreadyExists",
    "Cancelled",
    "ColumnBounds",
    "CommitUnknown",
    "Conflict",
    "ConstraintViolation",
    "CorruptTable",
    "Error",
    "Exhausted",
    "Field",
    "FileInfo",
    "HistoryEntry",
    "Internal",
    "InvalidArgument",
    "MergeBuilder",
    "NotFound",
    "OptimizeReport",
    "PartitionInfo",
    "Permission",
    "Report",
    "Rows",
    "Scan",
    "ScannedFile",
    "Schema",
    "Source",
    "Split",
    "Table",
    "TableDetail",
    "TableMetadata",
    "Type",
    "Unavailable",
    "UnsupportedFeature",
    "__version__",
    "configure",
    "create",
    "errors",
    "exists",
    "field",
    "files",
    "open",
    "progress",
    "query",
    "schema",
    "sql",
    "write",
]
