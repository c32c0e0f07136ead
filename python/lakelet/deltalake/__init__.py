"""The public names of the `deltalake` package over lakelet: `from lakelet.deltalake import DeltaTable, write_deltalake`.

docs/python-compat.md lists every name with its state.
"""

from __future__ import annotations

from .. import __version__
from ._features import TableFeatures
from ._missing import missing as _missing
from .query import QueryBuilder
from .schema import DataType, Field, Schema, VariantType
from .table import DeltaTable, Metadata
from .transaction import CommitProperties, PostCommitHookProperties, Transaction
from .writer import (
    BloomFilterProperties,
    ColumnProperties,
    WriterProperties,
    convert_to_deltalake,
    write_deltalake,
)

__all__ = [
    "BloomFilterProperties",
    "ColumnProperties",
    "CommitProperties",
    "DataType",
    "DeltaTable",
    "Field",
    "Metadata",
    "PostCommitHookProperties",
    "QueryBuilder",
    "Schema",
    "TableFeatures",
    "Transaction",
    "VariantType",
    "WriterProperties",
    "__version__",
    "convert_to_deltalake",
    "enable_nanosecond_timestamps",
    "init_tracing",
    "rust_core_version",
    "write_deltalake",
]


def enable_nanosecond_timestamps() -> None:
    raise _missing("enable_nanosecond_timestamps", "timestamps in microseconds")


def init_tracing(endpoint: str | None = None) -> None:
    raise _missing("init_tracing", 'logging.getLogger("lakelet")')


def rust_core_version() -> str:
    raise _missing("rust_core_version", "lakelet.__version__")
