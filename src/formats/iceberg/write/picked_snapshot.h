// Snapshots whose files are added again on top of another one, as the reference implementation's cherry-pick does.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "formats/iceberg/snapshot.h"
#include "formats/iceberg/write/file_changes.h"

namespace lakelet::iceberg {

// Keys of summaries.
inline constexpr const char* kSourceSnapshot = "source-snapshot-id";
inline constexpr const char* kStagedId = "wap.id";  // of a snapshot that was staged to be picked once
inline constexpr const char* kPublishedId = "published-wap-id";

// Whether the line of snapshots up to `newest` (null: none) has what the snapshot added: it itself, or it was picked.
bool has_picked(const TableMetadataFile& metadata, const SnapshotEntry* newest, std::int64_t snapshot_id);

// The files that the snapshot added, as a new one would. Throws Error(UnsupportedFeature) for a snapshot that isn't an
// append.
std::vector<AddedFile> files_added_by(const IcebergSnapshot& snapshot);

}  // namespace lakelet::iceberg
