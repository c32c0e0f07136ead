// How a transaction becomes the table's next metadata file.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/random.h"
#include "base/time.h"
#include "formats/iceberg/write/cloned_table.h"
#include "formats/iceberg/write/columns_in_use.h"
#include "formats/iceberg/write/evolution.h"
#include "formats/iceberg/write/iceberg_transaction.h"
#include "formats/iceberg/write/metadata_commit.h"
#include "formats/iceberg/write/own_properties.h"
#include "formats/iceberg/write/picked_snapshot.h"
#include "formats/iceberg/write/reference_change.h"
#include "formats/iceberg/write/snapshot_writer.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

// "Assignment of Snapshot IDs": positive and random.
std::int64_t new_snapshot_id(const TableMetadataFile& metadata) {
  while (true) {
    std::uint64_t bits = 0;
    fill_with_entropy(std::as_writable_bytes(std::span(&bits, 1)));
    const auto id = static_cast<std::int64_t>(bits & INT64_MAX);
    if (id > 0 && !metadata.find_snapshot(id)) return id;
  }
}

void remove_files(const std::vector<Location>& files) {
  for (const Location& file : files) {
    try {
      file.store->remove(file.path);
    } catch (const Error&) {  // an orphan: vacuum finds it
    }
  }
}

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

// Makes the snapshot the newest of its branch.
void point_to(TableMetadataFile& metadata, const std::optional<std::string>& branch, std::int64_t snapshot_id) {
  ReferenceEntry& reference = metadata.references[branch.value_or(kMainBranch)];
  reference.snapshot_id = snapshot_id;
  reference.branch = true;
  if (branch) return;
  metadata.current_snapshot_id = snapshot_id;
  metadata.snapshot_log.push_back({metadata.last_updated_ms, snapshot_id});
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

CommitOutcome IcebergTransaction::commit(const CommitInfo& info, const CommitOptions& options) {
  if (empty() || (!creates() && seen())) return Committed{.version = base_->version(), .retries = 0};
  if (options.if_version && *options.if_version != base_->version()) {
    Conflict moved;
    moved.winner = base_->version();
    moved.what = fmt::format("the table is no longer at version {}", *options.if_version);
    moved.version_moved = true;
    return moved;
  }
  check();
  const auto catalog = catalog_table_of(base_->location());
  if (creates() && (catalog ? catalog->pointer().has_value() : has_metadata(place_))) {
    throw Error(ErrorCode::AlreadyExists, "there is an Iceberg table at " + base_->location().uri + " already",
                "open it, or choose another location");
  }
  options.cancellation.check();
  DeleteFiles deletes(*base_);
  const FileChanges changes = file_changes(deletes);
  const OwnChanges ours = own_changes(info.operation);
  const std::int64_t snapshot_id = restored_ ? *restored_ : new_snapshot_id(base_->table_metadata());
  const bool new_snapshot = (!changes.empty() || keeps_up()) && !restored_;
  ManifestMerging merging = manifest_merging(metadata_.properties);
  if (merges_manifests_)
    merging = {.enabled = true, .asked_for = true, .least = 1, .target_bytes = merging.target_bytes};
  SnapshotWriter writer(*base_, changes, snapshot_id, merging);

  MetadataCommit::Callbacks callbacks;
  callbacks.make = [&](const IcebergSnapshot* head) -> std::variant<TableMetadataFile, Conflict> {
    TableMetadataFile next = next_metadata(head);
    if (restored_ && !next.find_snapshot(*restored_)) {
      Conflict conflict;
      conflict.winner = head ? head->version() : kNoSnapshot;
      conflict.what = fmt::format("the snapshot {} has expired", *restored_);
      return conflict;
    }
    if (restored_) point_to(next, base_->branch(), *restored_);
    for (const ReferenceChange& change : reference_changes_) iceberg::change_reference(next, change);
    if (expire_) forget(next, find_expired(next, *expire_));
    if (!new_snapshot) return next;
    auto written = writer.write(head ? *head : *base_, next, summary(info, changes));
    if (const auto* gone = std::get_if<GoneFile>(&written)) {
      Conflict conflict;
      conflict.winner = head ? head->version() : kNoSnapshot;
      conflict.what = fmt::format("the file {} is no longer in the table", gone->path);
      return conflict;
    }
    SnapshotEntry& entry = std::get<SnapshotEntry>(written);
    entry.timestamp_ms = next.last_updated_ms;
    if (next.format_version >= 2) next.last_sequence_number = entry.sequence_number;
    next.snapshots.push_back(std::move(entry));
    point_to(next, base_->branch(), snapshot_id);
    return next;
  };
  callbacks.check = [&](const IcebergSnapshot& head) -> std::optional<Conflict> {
    if (restored_ && head.version() != base_->version()) {
      Conflict conflict;
      conflict.winner = head.version();
      conflict.what = "the table has changed since it was looked at";
      return conflict;
    }
    if (only_names()) return std::nullopt;
    if (source_ && has_picked(head.table_metadata(), head.entry(), *source_)) {
      Conflict conflict;
      conflict.winner = head.version();
      conflict.what = fmt::format("somebody else picked the snapshot {}", *source_);
      return conflict;
    }
    if (auto changed = find_changed_partition(head, picked_)) {
      Conflict conflict;
      conflict.winner = head.version();
      conflict.what = *std::move(changed);
      return conflict;
    }
    return find_conflict(ours, *base_, head);
  };
  const std::unique_ptr<MetadataCommit> way = commit_of(context_, place_, base_, std::move(callbacks));
  MetadataCommit& steps = *way;
  CommitOptions loop = options;
  if (loop.if_version) loop.if_version = steps.base_version();

  const auto clean_up = [&] {
    remove_files(writer.files());
    remove_files(deletes.files());
    remove_files(rewritten_deletes_.files);
  };
  CommitOutcome outcome;
  try {
    outcome = commit_on_top(steps, steps.base_version(), loop);
  } catch (const Error& error) {
    // A store that failed in the middle may have more of the commit than it said.
    const bool out_of_reach = error.code() == ErrorCode::Unavailable && !catalog;  // which say what is certain
    const bool sure = error.code() != ErrorCode::CommitUnknown && error.code() != ErrorCode::Internal && !out_of_reach;
    if (sure) clean_up();
    if (error.code() == ErrorCode::Conflict && steps.conflict()) return *steps.conflict();
    throw;
  }
  if (auto* conflict = std::get_if<Conflict>(&outcome)) {
    clean_up();
    if (conflict->version_moved || conflict->winner == steps.base_version()) {
      conflict->winner = steps.head_version();
      if (options.if_version) conflict->what = fmt::format("the table is no longer at version {}", *options.if_version);
    }
  }
  if (auto* committed = std::get_if<Committed>(&outcome)) {
    for (const Location& file : writer.files()) {
      manifests_written_.push_back(file.path.substr(std::min(file.path.size(), place_.root.path.size() + 1)));
    }
    manifest_bytes_ = writer.bytes_written();
    after_commit(*steps.made(), committed->version);
    committed->version = new_snapshot || restored_ ? snapshot_id
                         : base_->version() >= 0   ? base_->version()
                                                   : kNoSnapshot;
  }
  return outcome;
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
