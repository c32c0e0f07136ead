#include "operations/optimize_choice.h"

#include <algorithm>
#include <map>

namespace lakelet::operations {
namespace {

// A rewriting that is larger than this times the files that are new beside it isn't done again for their sake: so a row
// is placed a few times in the life of a table, not with each run.
constexpr std::uint64_t kWorthMerging = 4;

bool small(const FileFacts& file, const ChoiceRules& rules) {
  return file.bytes < rules.target_bytes - rules.target_bytes / 4;
}

bool too_many_deleted(const FileFacts& file, const ChoiceRules& rules) {
  if (!file.deleted) return true;
  if (*file.deleted == 0) return false;
  return !file.rows || static_cast<double>(*file.deleted) > rules.most_deleted * static_cast<double>(*file.rows);
}

std::uint64_t live_bytes(const FileFacts& file) {
  if (!file.rows || !file.deleted || *file.rows <= 0) return file.bytes;
  const double share = static_cast<double>(*file.rows - *file.deleted) / static_cast<double>(*file.rows);
  return static_cast<std::uint64_t>(static_cast<double>(file.bytes) * std::clamp(share, 0.0, 1.0));
}

using Indexes = std::vector<std::size_t>;

// Cuts a list where a group would become too large. Two files go together however large they are: there would be no end
// to small ones otherwise.
std::vector<FileGroup> cut(const std::vector<FileFacts>& files, const Indexes& chosen, std::size_t partition,
                           std::uint64_t most_bytes) {
  std::vector<FileGroup> groups;
  for (const std::size_t index : chosen) {
    const bool full =
        !groups.empty() && groups.back().files.size() > 1 && groups.back().bytes + files[index].bytes > most_bytes;
    if (groups.empty() || full) groups.push_back({partition, {}, 0, 0});
    FileGroup& group = groups.back();
    group.files.push_back(index);
    group.bytes += files[index].bytes;
    group.live_bytes += live_bytes(files[index]);
  }
  return groups;
}

std::vector<FileGroup> compact(const std::vector<FileFacts>& files, const Indexes& partition,
                               const ChoiceRules& rules) {
  Indexes chosen;
  for (const std::size_t index : partition) {
    const FileFacts& file = files[index];
    const bool wanted = too_many_deleted(file, rules) || (!rules.only_deleted && small(file, rules));
    if (wanted && !file.untouchable) chosen.push_back(index);
  }
  if (chosen.empty()) return {};
  auto groups = cut(files, chosen, files[chosen.front()].partition, rules.most_group_bytes);
  std::erase_if(groups, [&](const FileGroup& group) {
    const bool purges = std::any_of(group.files.begin(), group.files.end(),
                                    [&](std::size_t index) { return too_many_deleted(files[index], rules); });
    return !purges && files_for(group.live_bytes, rules.target_bytes) >= static_cast<std::int64_t>(group.files.size());
  });
  return groups;
}

// Files that nobody placed yet, and the smaller of the rewritings that did.
Indexes to_place(const std::vector<FileFacts>& files, const Indexes& partition, const ChoiceRules& rules) {
  Indexes chosen;
  std::uint64_t bytes = 0;
  std::map<std::string, std::pair<std::uint64_t, Indexes>> placed;  // bytes and files of each rewriting
  for (const std::size_t index : partition) {
    const FileFacts& file = files[index];
    if (file.untouchable) continue;
    if (rules.full || file.rewriting.empty() || too_many_deleted(file, rules)) {
      chosen.push_back(index);
      bytes += file.bytes;
    } else {
      auto& rewriting = placed[file.rewriting];
      rewriting.first += file.bytes;
      rewriting.second.push_back(index);
    }
  }
  if (chosen.empty()) return chosen;
  std::vector<std::pair<std::uint64_t, Indexes>> ascending;
  for (auto& [id, rewriting] : placed) ascending.push_back(std::move(rewriting));
  std::stable_sort(ascending.begin(), ascending.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [size, members] : ascending) {
    if (size / kWorthMerging > bytes || size + bytes > rules.most_group_bytes) break;
    chosen.insert(chosen.end(), members.begin(), members.end());
    bytes += size;
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace

std::int64_t files_for(std::uint64_t bytes, std::uint64_t target_bytes) {
  const std::uint64_t target = std::max<std::uint64_t>(1, target_bytes);
  std::uint64_t count = std::max<std::uint64_t>(1, bytes / target + (bytes % target != 0));
  if (count > 1 && bytes / count < target - target / 4) --count;
  return static_cast<std::int64_t>(count);
}

std::vector<FileGroup> choose_files(const std::vector<FileFacts>& files, const ChoiceRules& rules) {
  std::map<std::size_t, Indexes> partitions;
  for (std::size_t i = 0; i < files.size(); ++i) partitions[files[i].partition].push_back(i);
  std::vector<FileGroup> groups;
  for (const auto& [partition, indexes] : partitions) {
    auto some = rules.place && !rules.only_deleted
                    ? cut(files, to_place(files, indexes, rules), partition, rules.most_group_bytes)
                    : compact(files, indexes, rules);
    std::move(some.begin(), some.end(), std::back_inserter(groups));
  }
  return groups;
}

}  // namespace lakelet::operations
