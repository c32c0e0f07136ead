#include "formats/delta/feed/commit_changes.h"

#include <algorithm>
#include <unordered_map>

#include "formats/delta/files/file_path.h"

namespace lakelet::delta {

namespace {

FileChange to_change(const FileActionView& file, ChangeType type) {
  FileChange change;
  change.path = file.path;
  change.type = type;
  for (const auto& [column, value] : file.partition_values) {
    change.partition_values.emplace(column, value ? std::optional<std::string>(*value) : std::nullopt);
  }
  change.size = file.size.value_or(0);
  change.without = file.deletion_vector;
  return change;
}

// What Spark's own reader passes over: a merge that found nothing to change, but wrote files again.
bool is_idle_merge(const CommitInfoAction& info) {
  if (info.operation != "MERGE") return false;
  const auto& metrics = info.operation_metrics;
  return std::ranges::all_of(
      std::initializer_list<const char*>{"numTargetRowsInserted", "numTargetRowsUpdated", "numTargetRowsDeleted"},
      [&metrics](const char* name) {
        const auto at = metrics.find(name);
        return at != metrics.end() && at->second == "0";
      });
}

std::vector<FileChange> to_changes(std::vector<Cdc> files) {
  std::vector<FileChange> changes;
  for (Cdc& cdc : files) {
    FileChange change;
    change.path = std::move(cdc.path);
    change.partition_values = std::move(cdc.partition_values);
    change.size = cdc.size;
    changes.push_back(std::move(change));
  }
  return changes;
}

// One file, removed with its old deletion vector and added with its new one: rows that only the new one has are gone,
// rows that only the old one has are back.
void compare(FileChange& removed, FileChange& added) {
  removed.among = added.without;
  added.among = removed.without;
}

}  // namespace

void CommitChanges::on_add(const FileActionView& add) {
  if (add.data_change) adds_.push_back(to_change(add, ChangeType::Insert));
}

void CommitChanges::on_remove(const FileActionView& remove) {
  if (!remove.data_change) return;
  removes_.push_back(to_change(remove, ChangeType::Delete));
  removes_.back().has_partition_values = !remove.partition_values.empty();
}

void CommitChanges::on_commit_info(CommitInfoAction info) {
  if (info.in_commit_timestamp_ms) timestamp_ms_ = info.in_commit_timestamp_ms;
  changed_nothing_ = changed_nothing_ || is_idle_merge(info);
}

std::vector<FileChange> CommitChanges::take_changes() {
  if (!cdc_.empty()) return to_changes(std::move(cdc_));
  if (changed_nothing_) return {};
  std::unordered_map<std::string, FileChange*> removed;
  for (FileChange& remove : removes_) removed.emplace(canonical_path(remove.path), &remove);
  std::vector<FileChange> inserts;
  for (FileChange& add : adds_) {
    const auto pair = removed.find(canonical_path(add.path));
    if (pair == removed.end()) {
      inserts.push_back(std::move(add));
      continue;
    }
    FileChange& remove = *pair->second;
    compare(remove, add);
    if (!remove.has_partition_values) {
      remove.partition_values = add.partition_values;
      remove.has_partition_values = true;
    }
    if (add.among && add.among != add.without) inserts.push_back(std::move(add));
    if (!remove.among || remove.among == remove.without) remove.path.clear();
    removed.erase(pair);
  }
  std::erase_if(removes_, [](const FileChange& remove) { return remove.path.empty(); });
  std::vector<FileChange> changes = std::move(removes_);
  std::ranges::move(inserts, std::back_inserter(changes));
  return changes;
}

}  // namespace lakelet::delta
