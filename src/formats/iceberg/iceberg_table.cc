#include "formats/iceberg/iceberg_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/time.h"
#include "formats/iceberg/feed/change_feed.h"
#include "formats/iceberg/upkeep/expiry.h"
#include "formats/iceberg/upkeep/file_retention.h"
#include "formats/iceberg/upkeep/log_upkeep.h"
#include "formats/iceberg/write/folder_commit.h"
#include "formats/iceberg/write/iceberg_transaction.h"
#include "lakelet/error.h"
#include "table/upkeep.h"

namespace lakelet::iceberg {

namespace {

constexpr const char* kListHint = "`lakelet history` lists the snapshots and their times";

HistoryEntry to_history(const SnapshotEntry& entry, const TableMetadataFile& metadata) {
  HistoryEntry result;
  result.version = entry.id;
  result.timestamp_us = micros_of_millis(entry.timestamp_ms);
  std::string engine, engine_version;
  for (const auto& [key, value] : entry.summary) {
    const bool is_number = !value.empty() && value.find_first_not_of("0123456789") == std::string::npos;
    if (key == "operation") {
      result.operation = value;
    } else if (key == "engine-name") {
      engine = value;
    } else if (key == "engine-version") {
      engine_version = value;
    } else if (is_number) {
      result.metrics[key] = value;
    } else {
      result.other[key] = value;
    }
  }
  result.engine = engine_version.empty() ? engine : engine + " " + engine_version;
  if (entry.parent_id) result.other["parent-snapshot-id"] = std::to_string(*entry.parent_id);
  result.other["sequence-number"] = std::to_string(entry.sequence_number);
  for (const auto& [name, reference] : metadata.references) {
    if (reference.snapshot_id != entry.id) continue;
    std::string& names = result.other[reference.branch ? "branches" : "tags"];
    names += names.empty() ? name : ", " + name;
  }
  return result;
}

}  // namespace

IcebergTable::IcebergTable(const FormatContext& context, const Location& location)
    : context_(context), catalog_(catalog_table_of(location)), location_(location) {
  if (!catalog_) {
    place_ = place_of(location);
    return;
  }
  place_.root = root_of(*context_.stores, *newest_metadata());
}

std::shared_ptr<const TableMetadataFile> IcebergTable::newest_metadata() {
  std::optional<CatalogPointer> pointer;
  if (catalog_ && !(pointer = catalog_->pointer())) {
    throw Error(ErrorCode::NotFound, "the catalog has no table " + location_.uri);
  }
  const Location file = pointer ? Location() : find_newest_metadata(place_);
  const std::lock_guard lock(mutex_);
  LoadedMetadata loaded = pointer ? load_metadata(*context_.stores, *pointer, known_) : load_metadata(file, known_);
  const bool plans = pointer && pointer->plans_scans;
  if ((known_ && known_->contents != loaded.contents) || plans != catalog_plans_) latest_.reset();
  catalog_plans_ = plans;
  known_ = std::move(loaded);
  return known_->contents;
}

std::shared_ptr<const Snapshot> IcebergTable::make(std::shared_ptr<const TableMetadataFile> metadata,
                                                   const SnapshotEntry* entry, bool by_current_schema,
                                                   std::optional<std::string> branch) const {
  int schema_id = metadata->current_schema_id;
  if (!by_current_schema && entry && entry->schema_id) {
    schema_id = *entry->schema_id;
    if (!metadata->schemas.contains(schema_id)) {
      throw Error(ErrorCode::CorruptTable, fmt::format("{}: the snapshot {} has the schema {}, which isn't there",
                                                       location_.uri, entry->id, schema_id));
    }
  }
  // Under a name in a catalog there may be another table by now.
  const Location root = catalog_ ? root_of(*context_.stores, *metadata) : place_.root;
  return std::make_shared<IcebergSnapshot>(context_, location_, root, std::move(metadata), entry, schema_id,
                                           std::move(branch), catalog_plans_ ? catalog_ : nullptr);
}

std::shared_ptr<const Snapshot> IcebergTable::snapshot(const VersionSelector& selector) {
  const auto metadata = newest_metadata();
  const auto missing = [&](std::string what) {
    throw Error(ErrorCode::NotFound, fmt::format("{} has no {}", location_.uri, what), kListHint);
  };
  if (const auto* version = std::get_if<Version>(&selector)) {
    if (*version == kNoSnapshot && metadata->snapshots.empty()) return make(metadata, nullptr, true, std::nullopt);
    const SnapshotEntry* entry = metadata->find_snapshot(*version);
    if (!entry) missing(fmt::format("snapshot {}: it was never there, or has expired", *version));
    return make(metadata, entry, false, std::nullopt);
  }
  if (const auto* time = std::get_if<AtTimestamp>(&selector)) {
    const SnapshotLogEntry* last = nullptr;
    for (const SnapshotLogEntry& each : metadata->snapshot_log) {
      if (micros_of_millis(each.timestamp_ms) <= time->us) last = &each;
    }
    if (!last) missing(fmt::format("snapshot from {} or before", format_iso8601(time->us)));
    const SnapshotEntry* entry = metadata->find_snapshot(last->snapshot_id);
    if (!entry)
      missing(
          fmt::format("snapshot {} any more, which was current at {}", last->snapshot_id, format_iso8601(time->us)));
    return make(metadata, entry, false, std::nullopt);
  }
  if (const auto* reference = std::get_if<AtReference>(&selector)) {
    const auto found = metadata->references.find(reference->name);
    if (found == metadata->references.end()) {
      std::string names;
      for (const auto& [name, each] : metadata->references) names += names.empty() ? name : ", " + name;
      missing(fmt::format("branch or tag '{}'; it has {}", reference->name, names.empty() ? "none" : names));
    }
    const bool branch = found->second.branch;
    const bool other_branch = branch && reference->name != kMainBranch;
    return make(metadata, metadata->find_snapshot(found->second.snapshot_id), branch,
                other_branch ? std::optional(reference->name) : std::nullopt);
  }
  const std::lock_guard lock(mutex_);
  if (latest_ && known_ && known_->contents == metadata) return latest_;
  const SnapshotEntry* entry =
      metadata->current_snapshot_id ? metadata->find_snapshot(*metadata->current_snapshot_id) : nullptr;
  auto made = make(metadata, entry, true, std::nullopt);
  if (known_ && known_->contents == metadata) latest_ = made;
  return made;
}

void IcebergTable::history(const std::function<bool(const HistoryEntry&)>& visit) {
  const auto metadata = newest_metadata();
  std::vector<const SnapshotEntry*> newest_first;
  for (const SnapshotEntry& entry : metadata->snapshots) newest_first.push_back(&entry);
  std::sort(newest_first.begin(), newest_first.end(), [](const SnapshotEntry* a, const SnapshotEntry* b) {
    const std::pair one(a->timestamp_ms, a->sequence_number), other(b->timestamp_ms, b->sequence_number);
    return one != other ? one > other : a < b;  // in the order of the metadata, where nothing else tells
  });
  for (const SnapshotEntry* entry : newest_first) {
    if (!visit(to_history(*entry, *metadata))) return;
  }
}

// Under a name in a catalog there may be another table by now, in another folder.
TablePlace IcebergTable::place_at(const IcebergSnapshot& snapshot) const {
  TablePlace place = place_;
  if (catalog_) place.root = snapshot.root();
  return place;
}

std::unique_ptr<Transaction> IcebergTable::begin(std::shared_ptr<const Snapshot> base) {
  auto snapshot = std::dynamic_pointer_cast<const IcebergSnapshot>(std::move(base));
  if (!snapshot) throw Error(ErrorCode::Internal, "a transaction on a snapshot that isn't of an Iceberg table");
  TablePlace place = place_at(*snapshot);
  return std::make_unique<IcebergTransaction>(context_, std::move(place), std::move(snapshot));
}

std::shared_ptr<const ChangeFeed> IcebergTable::changes(std::shared_ptr<const Snapshot> newest,
                                                        const ChangeRange& range) {
  auto snapshot = std::dynamic_pointer_cast<const IcebergSnapshot>(std::move(newest));
  if (!snapshot) throw Error(ErrorCode::Internal, "a snapshot that isn't of an Iceberg table");
  return IcebergChangeFeed::open(std::move(snapshot), range);
}

std::vector<NamedVersion> IcebergTable::references() {
  std::vector<NamedVersion> result;
  for (const auto& [name, reference] : newest_metadata()->references) {
    result.push_back({name, reference.snapshot_id, reference.branch});
  }
  return result;
}

std::unique_ptr<FileRetention> IcebergTable::retention(std::shared_ptr<const Snapshot> newest,
                                                       const RetentionRequest& request) {
  auto snapshot = std::dynamic_pointer_cast<const IcebergSnapshot>(std::move(newest));
  if (!snapshot) throw Error(ErrorCode::Internal, "a snapshot that isn't of an Iceberg table");
  if (!catalog_) require_folder_table(place_, snapshot->table_metadata(), location_.uri);
  if (snapshot->paths().differs()) {
    throw Error(
        ErrorCode::UnsupportedFeature,
        fmt::format("the metadata of {} says that it lies at {}", location_.uri, snapshot->table_metadata().location),
        "work on it there; a copy of a table is no table of its own");
  }
  std::shared_ptr<const TableMetadataFile> forgotten;
  {
    const std::lock_guard lock(mutex_);
    forgotten = forgotten_;
  }
  return make_retention(std::move(snapshot), forgotten, request);
}

// Snapshots are forgotten before the first of their files goes, so that no reader begins with one of them.
void IcebergTable::record_vacuum(const VacuumRecord& record, const CommitOptions& options) {
  if (record.step != VacuumRecord::Step::Start) {
    const std::lock_guard lock(mutex_);
    forgotten_.reset();
    return;
  }
  const auto base = std::dynamic_pointer_cast<const IcebergSnapshot>(snapshot(LatestVersion{}));
  ExpiryRules rules{.now_ms = record.now_us / 1000, .snapshot_age_ms = {}, .keep = {}};
  if (record.given_retention_us) rules.snapshot_age_ms = *record.given_retention_us / 1000;
  rules.keep.insert(record.keep.begin(), record.keep.end());
  if (find_expired(base->table_metadata(), rules).empty()) return;
  IcebergTransaction transaction(context_, place_at(*base), base);
  transaction.expire(rules);
  require_committed(transaction.commit({}, options), location_.uri);
  const std::lock_guard lock(mutex_);
  forgotten_ = base->metadata_pointer();
}

LogPlan IcebergTable::plan_log(const LogRequest& request) {
  auto newest = std::dynamic_pointer_cast<const IcebergSnapshot>(snapshot(LatestVersion{}));
  if (!catalog_) require_folder_table(place_, newest->table_metadata(), location_.uri);
  return plan_log_task(std::move(newest), request);
}

LogReport IcebergTable::run_log(const LogPlan& plan, const CommitOptions& options) {
  return run_log_task(plan, options,
                      [this] { return std::dynamic_pointer_cast<const IcebergSnapshot>(snapshot(LatestVersion{})); });
}

}  // namespace lakelet::iceberg
