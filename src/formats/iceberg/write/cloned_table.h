// A table that begins as another one is at a snapshot.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/iceberg/snapshot.h"
#include "formats/iceberg/write/file_changes.h"

namespace lakelet::iceberg {

// The metadata of a table at `location` with the columns, specs, sort orders and properties of the snapshot's table,
// but for what belongs to that table's place and history. It has no snapshots.
TableMetadataFile cloned_metadata(const IcebergSnapshot& source, const std::string& location);

// The source's files with all that its manifests tell of them, where they are now: `places` has their URIs by the paths
// that the source has for them. Row ids and sequence numbers are the new table's. Throws Error(Internal) for a file
// that the source doesn't have.
std::vector<AddedFile> cloned_files(const IcebergSnapshot& source, const std::map<std::string, std::string>& places,
                                    const TablePaths& paths);

}  // namespace lakelet::iceberg
