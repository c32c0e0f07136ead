// What lakelet does with each feature of the specification.
#pragma once

#include <string_view>

#include "formats/iceberg/metadata/table_metadata.h"
#include "table/capabilities.h"

namespace lakelet::iceberg {

// Every feature by name.
Capabilities iceberg_capabilities();

// Throws Error(UnsupportedFeature) that names the feature and the table, for what the snapshot (may be null) makes use
// of.
void require_features(const TableMetadataFile& metadata, const SnapshotEntry* snapshot, Access access,
                      std::string_view table_uri);

}  // namespace lakelet::iceberg
