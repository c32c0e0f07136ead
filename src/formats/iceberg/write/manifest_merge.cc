#include "formats/iceberg/write/manifest_merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

std::int64_t number(const Properties& properties, const char* key, std::int64_t otherwise) {
  const auto found = properties.find(key);
  if (found == properties.end()) return otherwise;
  std::int64_t value = 0;
  const char* const end = found->second.data() + found->second.size();
  if (std::from_chars(found->second.data(), end, value).ptr != end || value < 1) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the property {} is '{}', which is no number above 0", key, found->second),
                fmt::format("`lakelet alter TABLE unset-property {}` brings the usual value back", key));
  }
  return value;
}

}  // namespace

ManifestMerging manifest_merging(const Properties& properties) {
  ManifestMerging merging;
  const auto enabled = properties.find("commit.manifest-merge.enabled");
  merging.enabled = enabled == properties.end() || enabled->second != "false";
  merging.least = number(properties, "commit.manifest.min-count-to-merge", merging.least);
  merging.target_bytes = static_cast<std::uint64_t>(
      number(properties, "commit.manifest.target-size-bytes", static_cast<std::int64_t>(merging.target_bytes)));
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
