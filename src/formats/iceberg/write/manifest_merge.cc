#include "formats/iceberg/write/manifest_merge.h"

#include <algorithm>
#include <map>
#include <utility>

#include "formats/iceberg/write/own_properties.h"

namespace lakelet::iceberg {

ManifestMerging manifest_merging(const Properties& properties) {
  ManifestMerging merging;
  const auto enabled = properties.find("commit.manifest-merge.enabled");
  merging.enabled = enabled == properties.end() || enabled->second != "false";
  merging.least = positive_number(properties, "commit.manifest.min-count-to-merge", merging.least);
  merging.target_bytes = static_cast<std::uint64_t>(positive_number(properties, "commit.manifest.target-size-bytes",
                                                                    static_cast<std::int64_t>(merging.target_bytes)));
  return merging;
}

std::vector<std::vector<std::size_t>> merge_groups(const std::vector<ManifestFile>& newest_first,
                                                   const ManifestMerging& merging) {
  std::vector<std::vector<std::size_t>> result;
  if (!merging.enabled) return result;
  std::map<std::pair<bool, int>, std::vector<std::size_t>> kinds;
  for (std::size_t i = 0; i < newest_first.size(); ++i) {
    const ManifestFile& manifest = newest_first[i];
    if (manifest.spec_id) kinds[{manifest.deletes, *manifest.spec_id}].push_back(i);
  }
  for (const auto& [kind, places] : kinds) {
    const std::size_t newest = places.front();
    std::vector<std::size_t> group;
    std::uint64_t bytes = 0;
    const auto close = [&] {
      std::reverse(group.begin(), group.end());
      const bool few =
          !group.empty() && group.front() == newest && static_cast<std::int64_t>(group.size()) < merging.least;
      if (group.size() > 1 && !few) result.push_back(group);
      group.clear();
      bytes = 0;
    };
    // From the oldest on, so that full ones stay as they are and the newest ones gather.
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
      const std::uint64_t more = newest_first[*place].bytes;
      if (!group.empty() && bytes + more > merging.target_bytes) close();
      group.push_back(*place);
      bytes += more;
    }
    close();
  }
  return result;
}

}  // namespace lakelet::iceberg
