"""Table features by the `deltalake` package's names, and the properties that Delta knows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from .exceptions import DeltaError


class TableFeatures(Enum):
    """Features that TableAlterer.add_feature can switch on."""

    AppendOnly = "AppendOnly"
    ChangeDataFeed = "ChangeDataFeed"
    CheckConstraints = "CheckConstraints"
    ColumnMapping = "ColumnMapping"
    DeletionVectors = "DeletionVectors"
    DomainMetadata = "DomainMetadata"
    GeneratedColumns = "GeneratedColumns"
    IcebergCompatV1 = "IcebergCompatV1"
    IdentityColumns = "IdentityColumns"
    Invariants = "Invariants"
    RowTracking = "RowTracking"
    TimestampNanos = "TimestampNanos"
    TimestampWithoutTimezone = "TimestampWithoutTimezone"
    V2Checkpoint = "V2Checkpoint"
    VariantType = "VariantType"
    VariantTypePreview = "VariantTypePreview"

    @property
    def delta_name(self) -> str:
        """As the protocol spells it."""
        special = {
            "TimestampWithoutTimezone": "timestampNtz",
            "VariantTypePreview": "variantType-preview",
            "TimestampNanos": "timestampNanos",
        }
        return special.get(self.value, self.value[0].lower() + self.value[1:])


# https://docs.delta.io/latest/table-properties.html and PROTOCOL.md; any "delta.feature." name besides.
_PROPERTIES = {
    "delta.appendOnly",
    "delta.autoOptimize.autoCompact",
    "delta.autoOptimize.optimizeWrite",
    "delta.checkpoint.writeStatsAsJson",
    "delta.checkpoint.writeStatsAsStruct",
    "delta.checkpointInterval",
    "delta.checkpointPolicy",
    "delta.columnMapping.maxColumnId",
    "delta.columnMapping.mode",
    "delta.compatibility.symlinkFormatManifest.enabled",
    "delta.dataSkippingNumIndexedCols",
    "delta.dataSkippingStatsColumns",
    "delta.deletedFileRetentionDuration",
    "delta.enableChangeDataFeed",
    "delta.enableDeletionVectors",
    "delta.enableExpiredLogCleanup",
    "delta.enableIcebergCompatV1",
    "delta.enableIcebergCompatV2",
    "delta.enableInCommitTimestamps",
    "delta.enableRowTracking",
    "delta.enableTypeWidening",
    "delta.isolationLevel",
    "delta.logRetentionDuration",
    "delta.minReaderVersion",
    "delta.minWriterVersion",
    "delta.parquet.compression.codec",
    "delta.randomizeFilePrefixes",
    "delta.randomPrefixLength",
    "delta.sampleRetentionDuration",
    "delta.setTransactionRetentionDuration",
    "delta.targetFileSize",
    "delta.tuneFileSizesForRewrites",
    "delta.universalFormat.enabledFormats",
}


def require_known(properties: Mapping[str, Any]) -> None:
    for name in properties:
        if name not in _PROPERTIES and not name.startswith("delta.feature."):
            raise DeltaError(f"{name} is no property that Delta knows; raise_if_key_not_exists=False takes it all the same")


def require_room(handle: Any, allowed: bool) -> None:
    """Features are listed from writer version 7 on; a table below it is raised only if that is allowed."""
    if allowed or int(handle.metadata.protocol["writer version"]) >= 7:
        return
    raise DeltaError("the table's protocol lists no features; allow_protocol_versions_increase=True raises it")
