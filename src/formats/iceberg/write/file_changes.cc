#include "formats/iceberg/write/file_changes.h"

#include <fmt/format.h>

#include <charconv>

namespace lakelet::iceberg {

namespace {

std::optional<std::int64_t> number_in(const std::map<std::string, std::string>& summary, const char* key) {
  const auto found = summary.find(key);
  if (found == summary.end()) return std::nullopt;
  std::int64_t number = 0;
  const char* const end = found->second.data() + found->second.size();
  if (std::from_chars(found->second.data(), end, number).ptr != end) return std::nullopt;
  return number;
}

}  // namespace

std::string delete_key(const ManifestEntry& deletes) {
  return deletes.content_offset ? fmt::format("{}#{}", deletes.path, *deletes.content_offset) : deletes.path;
}

void SummaryCounts::count(Side& side, const ManifestEntry& entry) {
  side.bytes +=
      static_cast<std::int64_t>(entry.content_size ? static_cast<std::uint64_t>(*entry.content_size) : entry.bytes);
  switch (entry.content) {
    case FileContent::Data:
      ++side.data_files;
      side.records += entry.records;
      return;
    case FileContent::PositionDeletes:
      ++side.delete_files;
      ++(entry.format == "puffin" ? side.vectors : side.position_files);
      side.position_deletes += entry.records;
      return;
    case FileContent::EqualityDeletes:
      ++side.delete_files;
      ++side.equality_files;
      side.equality_deletes += entry.records;
      return;
  }
}

void SummaryCounts::add(const ManifestEntry& entry, const std::string& partition_key) {
  count(added_, entry);
  partitions_.insert(partition_key);
}

void SummaryCounts::remove(const ManifestEntry& entry, const std::string& partition_key) {
  count(removed_, entry);
  partitions_.insert(partition_key);
}

void SummaryCounts::write(std::map<std::string, std::string>& summary,
                          const std::map<std::string, std::string>* parent) const {
  const auto say = [&](const char* key, std::int64_t number) {
    if (number > 0) summary[key] = std::to_string(number);
  };
  say("added-data-files", added_.data_files);
  say("deleted-data-files", removed_.data_files);
  say("added-records", added_.records);
  say("deleted-records", removed_.records);
  say("added-files-size", added_.bytes);
  say("removed-files-size", removed_.bytes);
  say("added-delete-files", added_.delete_files);
  say("removed-delete-files", removed_.delete_files);
  say("added-position-delete-files", added_.position_files);
  say("removed-position-delete-files", removed_.position_files);
  say("added-dvs", added_.vectors);
  say("removed-dvs", removed_.vectors);
  say("added-equality-delete-files", added_.equality_files);
  say("removed-equality-delete-files", removed_.equality_files);
  say("added-position-deletes", added_.position_deletes);
  say("removed-position-deletes", removed_.position_deletes);
  say("added-equality-deletes", added_.equality_deletes);
  say("removed-equality-deletes", removed_.equality_deletes);
  summary["changed-partition-count"] = std::to_string(partitions_.size());
  // A total that the parent doesn't tell isn't known now either.
  const auto total = [&](const char* key, std::int64_t added, std::int64_t removed) {
    const auto before = parent ? number_in(*parent, key) : std::optional<std::int64_t>(0);
    if (before && *before + added - removed >= 0) summary[key] = std::to_string(*before + added - removed);
  };
  total("total-data-files", added_.data_files, removed_.data_files);
  total("total-delete-files", added_.delete_files, removed_.delete_files);
  total("total-records", added_.records, removed_.records);
  total("total-files-size", added_.bytes, removed_.bytes);
  total("total-position-deletes", added_.position_deletes, removed_.position_deletes);
  total("total-equality-deletes", added_.equality_deletes, removed_.equality_deletes);
}

}  // namespace lakelet::iceberg
