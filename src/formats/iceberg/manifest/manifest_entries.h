// A snapshot's manifest, from the store to its entries.
#pragma once

#include <functional>

#include "formats/iceberg/manifest/manifest_reader.h"

namespace lakelet::iceberg {

class IcebergSnapshot;

// Reads all entries of a manifest of `snapshot`, those that are deleted too; with details: all that it tells of them.
// Throws Error(CorruptTable) for one that is missing or damaged.
void read_entries(const IcebergSnapshot& snapshot, const ManifestFile& manifest, bool with_details,
                  const std::function<void(ManifestEntry&)>& take);

}  // namespace lakelet::iceberg
