// Snapshots whose files are added again on top of another one, as the reference implementation's cherry-pick does.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "formats/iceberg/snapshot.h"
#include "formats/iceberg/write/file_changes.h"

namespace lakelet::iceberg {

// Keys of summaries.
inline constexpr const char* kSourceSnapshot = "source-snapshot-id";
inline constexpr const char* kReplacesPartitions = "replace-partitions";
inline constexpr const char* kStagedId = "wap.id";  // of a snapshot that was staged to be picked once
inline constexpr const char* kPublishedId = "published-wap-id";

// Whether the line of snapshots up to `newest` (null: none) has what the snapshot added: it itself, or it was picked.
bool has_picked(const TableMetadataFile& metadata, const SnapshotEntry* newest, std::int64_t snapshot_id);

// What a snapshot did, to be done once more on top of another one.
struct PickedChanges {
  std::vector<AddedFile> added;
  std::vector<ManifestEntry> removed;        // data files
  std::map<std::string, PlacedFile> places;  // of those, by path
  std::set<std::string> partitions;          // that it put other rows into (partition keys); empty: it only added
  std::optional<std::int64_t> parent;        // on top of which it did that
};

// Of an append, and of a dynamic overwrite ("replace-partitions" in its summary). Throws Error(UnsupportedFeature) for
// other snapshots.
PickedChanges changes_of(const IcebergSnapshot& snapshot);

// Why a dynamic overwrite can't be put on top of `head`: what it replaced isn't all that is in its partitions there.
// nullopt: it can. Reads the manifests of the snapshots between its parent and `head`.
std::optional<std::string> find_changed_partition(const IcebergSnapshot& head, const PickedChanges& picked);

}  // namespace lakelet::iceberg
