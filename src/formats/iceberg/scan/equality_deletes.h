// Equality delete files as a reader is told of them.
#pragma once

#include "formats/iceberg/manifest/manifest_reader.h"
#include "formats/iceberg/snapshot.h"

namespace lakelet::iceberg {

// Throws Error(CorruptTable) for a column that the table never had, Error(UnsupportedFeature) for one inside of a list
// or map, and for files that aren't Parquet.
Deletes::Equality to_equality(const ManifestEntry& entry, const IcebergSnapshot& snapshot);

}  // namespace lakelet::iceberg
