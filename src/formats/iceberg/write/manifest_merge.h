// Which manifests are put together into one. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "formats/iceberg/manifest/manifest_list.h"
#include "lakelet/metadata.h"

namespace lakelet::iceberg {

struct ManifestMerging {
  bool enabled = true;
  bool asked_for = false;    // by whoever commits: the summary tells of it
  std::int64_t least = 100;  // manifests, among them the newest one
  std::uint64_t target_bytes = std::uint64_t{8} << 20;
};

// By commit.manifest-merge.enabled and its like. Throws Error(InvalidArgument).
ManifestMerging manifest_merging(const Properties& properties);

// The places of those that become one: each of two or more manifests of one partition spec and one kind, that lie
// beside each other and aren't more than the target together. `newest_first`: as a manifest list has them.
std::vector<std::vector<std::size_t>> merge_groups(const std::vector<ManifestFile>& newest_first,
                                                   const ManifestMerging& merging);

}  // namespace lakelet::iceberg
