// How the columns of data files, partition values and statistics are named (PROTOCOL.md, "Column Mapping").
#pragma once

#include "formats/delta/protocol/actions.h"

namespace lakelet::delta {

enum class ColumnMappingMode { None, Name, Id };

// The mode in force: the property delta.columnMapping.mode, honoured only where the protocol supports the feature.
// Throws Error(CorruptTable) for a mode that the protocol doesn't know.
ColumnMappingMode column_mapping_mode(const Protocol& protocol, const Metadata& metadata);

}  // namespace lakelet::delta
