// How a transaction becomes the table's next metadata file.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/time.h"
#include "formats/iceberg/write/cloned_table.h"
#include "formats/iceberg/write/columns_in_use.h"
#include "formats/iceberg/write/evolution.h"
#include "formats/iceberg/write/iceberg_transaction.h"
#include "formats/iceberg/write/metadata_commit.h"
#include "formats/iceberg/write/own_properties.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

std::size_t previous_versions(const Properties& properties) {
  constexpr std::size_t kMost = 100;
  const auto found = properties.find("write.metadata.previous-versions-max");
  if (found == properties.end()) return kMost;
  std::size_t number = kMost;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  return std::max<std::size_t>(number, 1);
}

std::string metadata_path(const TableMetadataFile& metadata) {
  if (!metadata.file_location.empty()) return metadata.file_location;
  std::string location = metadata.location;
  while (location.ends_with('/')) location.pop_back();
  return location + "/metadata/" + metadata.file;
}

std::string operation_of(Operation operation, const FileChanges& changes) {
  if (operation == Operation::Optimize) return "replace";
  const bool removes = !changes.removed.empty() || !changes.added_deletes.empty();
  if (!removes) return "append";
  return changes.added.empty() ? "delete" : "overwrite";
}

}  // namespace

// What the whole of the changes may not be.
void IcebergTransaction::check() const {
  wants_gzip(metadata_);
  check_columns_in_use(base_->table_metadata(), metadata_);
  if (creates()) return;
  const TableMetadataFile& before = base_->table_metadata();
  if (!catalog_table_of(base_->location())) require_folder_table(place_, before, base_->location().uri);
  base_->require(Access::Append);
  if (base_->paths().differs()) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("can't write to the table '{}': its metadata says that it lies at {}",
                            base_->location().uri, before.location),
                "write to it there; a copy of a table is no table of its own");
  }
  check_branch();
  if (before.format_version < 2 && metadata_.format_version >= 2) {
    for (const SnapshotEntry& entry : before.snapshots) {
      if (!entry.manifest_list.empty()) continue;
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("the snapshot {} has no manifest list, which format version {} needs", entry.id,
                              metadata_.format_version),
                  "expire the old snapshots first");
    }
  }
  if (before.current_schema_id == metadata_.current_schema_id || restored_) return;
  std::int64_t live = 0;
  const auto plan = base_->plan({});
  while (live <= static_cast<std::int64_t>(removed_.size()) && plan->next()) ++live;
  const bool has_files = live > static_cast<std::int64_t>(removed_.size());
  if (has_files) check_schema_change(metadata_, before.current_schema(), metadata_.current_schema(), true);
}

// A snapshot that the same commit makes would come out of where its branch was.
void IcebergTransaction::check_branch() const {
  if (!changes_rows() && !restored_ && !keeps_up()) return;
  const std::string own = base_->branch().value_or(kMainBranch);
  for (const ReferenceChange& change : reference_changes_) {
    const auto* set = std::get_if<SetReference>(&change);
    const auto* drop = std::get_if<DropReference>(&change);
    const auto* forward = std::get_if<FastForward>(&change);
    const bool moves = (set && set->name == own) || (drop && drop->name == own) || (forward && forward->branch == own);
    if (!moves) continue;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("the branch '{}' can't be moved and be written to in one commit", own),
                "commit the one before the other");
  }
}

FileChanges IcebergTransaction::file_changes(DeleteFiles& deletes) {
  FileChanges changes;
  for (const DataFile& file : added_) changes.added.push_back(to_added(file, metadata_.current_schema()));
  if (clone_of_) {
    std::vector<AddedFile> cloned = cloned_files(*clone_of_, cloned_, base_->paths());
    changes.added.insert(changes.added.end(), cloned.begin(), cloned.end());
  }
  changes.added.insert(changes.added.end(), picked_.added.begin(), picked_.added.end());
  changes.removed = removed_;
  changes.added_deletes = deletes.write(removed_rows_);
  for (const auto& [path, rows] : removed_rows_) changes.told_anew.emplace(path, rows.place);
  changes.added_deletes.insert(changes.added_deletes.end(), rewritten_deletes_.added.begin(),
                               rewritten_deletes_.added.end());
  changes.removed_deletes = rewritten_deletes_.removed;
  return changes;
}

OwnChanges IcebergTransaction::own_changes(Operation operation) const {
  OwnChanges ours;
  ours.isolation = isolation_of(metadata_.properties, operation);
  ours.replaces = operation == Operation::Optimize;
  ours.reads = reads_;
  ours.touched = removed_;
  for (const auto& [path, rows] : removed_rows_) ours.touched.emplace(path, rows.place);
  // No data file has two vectors, and none has one that is gone.
  ours.touched.insert(rewritten_deletes_.vectors.begin(), rewritten_deletes_.vectors.end());
  ours.read = read_;
  for (const auto& [application, version] : applications_) ours.applications.insert(application);
  return ours;
}

TableMetadataFile IcebergTransaction::next_metadata(const IcebergSnapshot* head) const {
  TableMetadataFile next = head ? head->table_metadata() : metadata_;
  if (head && !only_names()) {
    // A head with other columns, specs or properties than the base's was a conflict.
    next.format_version = metadata_.format_version;
    next.last_column_id = std::max(next.last_column_id, metadata_.last_column_id);
    next.last_partition_id = std::max(next.last_partition_id, metadata_.last_partition_id);
    next.schemas = metadata_.schemas;
    next.identifiers = metadata_.identifiers;
    next.current_schema_id = metadata_.current_schema_id;
    next.specs = metadata_.specs;
    next.default_spec_id = metadata_.default_spec_id;
    next.sort_orders = metadata_.sort_orders;
    next.sort_columns = metadata_.sort_columns;
    next.default_sort_order_id = metadata_.default_sort_order_id;
    if (metadata_.next_row_id && !next.next_row_id) next.next_row_id = metadata_.next_row_id;
    if (metadata_.properties != base_->table_metadata().properties) next.properties = metadata_.properties;
  }
  if (head) {
    next.metadata_log.push_back({next.last_updated_ms, metadata_path(next)});
    const std::size_t most = previous_versions(next.properties);
    if (next.metadata_log.size() > most) {
      next.metadata_log.erase(next.metadata_log.begin(), next.metadata_log.end() - static_cast<std::ptrdiff_t>(most));
    }
  }
  for (const auto& [application, version] : applications_) {
    next.properties[kApplicationPrefix + application] = std::to_string(version);
  }
  // No two versions are of one time: who asks for a time gets one.
  next.last_updated_ms = std::max(now_us() / 1000, next.last_updated_ms + 1);
  return next;
}

std::map<std::string, std::string> IcebergTransaction::summary(const CommitInfo& info,
                                                               const FileChanges& changes) const {
  std::map<std::string, std::string> summary = info.user_metadata;
  summary.insert(said_.begin(), said_.end());
  if (info.clone) {
    summary["clone-source"] = info.clone->source;
    summary["clone-source-snapshot-id"] = std::to_string(info.clone->version);
  }
  summary["operation"] = operation_of(info.operation, changes);
  const std::string& engine = context_.engine_info;
  const auto slash = engine.find('/');
  summary["engine-name"] = engine.empty() ? "lakelet" : engine.substr(0, slash);
  if (slash != std::string::npos) summary["engine-version"] = engine.substr(slash + 1);
  return summary;
}

void IcebergTransaction::after_commit(const TableMetadataFile& made, Version version) const {
  const auto catalog = catalog_table_of(base_->location());
  if (!catalog) write_hint(place_, version);
  if (catalog && catalog->writes_metadata()) return;  // and takes its files away too
  const auto wanted = made.properties.find("write.metadata.delete-after-commit.enabled");
  if (wanted == made.properties.end() || wanted->second != "true" || creates()) return;
  // Metadata files that the log no longer has.
  for (const MetadataLogEntry& before : base_->table_metadata().metadata_log) {
    const bool kept = std::any_of(made.metadata_log.begin(), made.metadata_log.end(),
                                  [&](const MetadataLogEntry& entry) { return entry.file == before.file; });
    if (kept) continue;
    try {
      const Location file = context_.stores->resolve(base_->paths().resolve(before.file));
      file.store->remove(file.path);
    } catch (const Error&) {  // an orphan
    }
  }
}

}  // namespace lakelet::iceberg
