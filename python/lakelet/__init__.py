"""lakelet: create, read, write, merge and look into lakehouse tables, with no server and no cluster.

    import lakelet
    table = lakelet.create("weather", "time timestamp, city string, temperature float")
    lakelet.write("weather", frame)
    table.merge(day2, "target.time = source.time").when_matched_update_all().when_not_matched_insert_all().execute()
    lakelet.sql("select city, max(temperature) from 'weather' group by city").to_pandas()
"""

from __future__ import annotations

from . import _native, errors  # _native first: it says how the native module is loaded
from ._data import files, query
from ._diff import Diff
from ._events import progress
from ._layout import PickReport, Reference
from ._lakelet import Source, __version__
from ._merge import MergeBuilder
from ._open import create, exists, open, register, write
from ._report import (
    AnalyzeReport,
    CloneReport,
    ColumnBounds,
    ConvertReport,
    FileDifferences,
    FileInfo,
    Finding,
    HealthReport,
    HistoryEntry,
    LogReport,
    NamedChange,
    OptimizeReport,
    PartitionInfo,
    Report,
    RestoreReport,
    RowDifferences,
    ScannedFile,
    TableDetail,
    TableMetadata,
    VacuumReport,
)
from ._rows import Rows
from ._scan import Scan, Split
from ._schema import Field, Schema, Type, field, schema
from ._session import configure
from ._sql import sql
from ._table import Table
from ._upkeep import convert, doctor
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
    "AnalyzeReport",
    "Cancelled",
    "CloneReport",
    "ColumnBounds",
    "CommitUnknown",
    "Conflict",
    "ConstraintViolation",
    "ConvertReport",
    "CorruptTable",
    "Diff",
    "Error",
    "Exhausted",
    "Field",
    "FileDifferences",
    "FileInfo",
    "Finding",
    "HealthReport",
    "HistoryEntry",
    "Internal",
    "InvalidArgument",
    "LogReport",
    "MergeBuilder",
    "NamedChange",
    "NotFound",
    "OptimizeReport",
    "PartitionInfo",
    "Permission",
    "PickReport",
    "Reference",
    "Report",
    "RestoreReport",
    "RowDifferences",
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
    "VacuumReport",
    "__version__",
    "configure",
    "convert",
    "create",
    "doctor",
    "errors",
    "exists",
    "field",
    "files",
    "open",
    "progress",
    "query",
    "register",
    "schema",
    "sql",
    "write",
]
