// Which objects in a table's folder its snapshots need (for vacuum).
#pragma once

#include <memory>

#include "formats/iceberg/snapshot.h"
#include "table/table_format.h"
#include "table/upkeep.h"

namespace lakelet::iceberg {

// Needs the manifests of all snapshots that stay; where some expire, or `forgotten` (metadata from before snapshots
// were forgotten; may be null) has more, theirs too. Memory: 8 bytes for each file that is needed, and the paths of
// those that only others had. Throws Error(UnsupportedFeature) for a table whose files aren't its own to delete.
std::unique_ptr<FileRetention> make_retention(std::shared_ptr<const IcebergSnapshot> newest,
                                              const std::shared_ptr<const TableMetadataFile>& forgotten,
                                              const RetentionRequest& request);

}  // namespace lakelet::iceberg
