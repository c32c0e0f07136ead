#include "formats/delta/delta_table.h"

#include <fmt/format.h>

#include "base/time.h"
#include "formats/delta/examine/log_examination.h"
#include "formats/delta/feed/change_feed.h"
#include "formats/delta/log/commit_times.h"
#include "formats/delta/log/history.h"
#include "formats/delta/log/snapshot_loader.h"
#include "formats/delta/protocol/clustering_tags.h"
#include "formats/delta/upkeep/file_retention.h"
#include "formats/delta/upkeep/log_tasks.h"
#include "formats/delta/upkeep/vacuum_record.h"
#include "formats/delta/write/layout_rules.h"
#include "formats/delta/write/transaction.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

std::int64_t floor_ms(std::int64_t us) {
  return us / 1000 - (us % 1000 < 0);
}

}  // namespace

DeltaTable::DeltaTable(const FormatContext& context, const Location& location)
    : context_(context), location_(location) {}

std::shared_ptr<const DeltaSnapshot> DeltaTable::newest_known() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

std::shared_ptr<const DeltaSnapshot> DeltaTable::remember(std::shared_ptr<const DeltaSnapshot> snapshot) {
  const std::lock_guard lock(mutex_);
  newest_ = std::move(snapshot);
  return newest_;
}

std::shared_ptr<const DeltaSnapshot> DeltaTable::latest() {
  const auto known = newest_known();
  return remember(known ? refresh(context_, known) : load_latest(context_, location_));
}

std::shared_ptr<const DeltaSnapshot> DeltaTable::at_version(Version version) {
  const auto known = newest_known();
  if (known && known->version() == version) return known;
  return load_version(context_, location_, list_whole_log(location_), version);
}

std::shared_ptr<const DeltaSnapshot> DeltaTable::at_time(std::int64_t us) {
  const auto newest = latest();
  const LogListing listing = list_whole_log(location_);
  const auto version = version_at(location_, listing, newest->metadata_action(), floor_ms(us));
  if (!version) {
    throw Error(ErrorCode::NotFound,
                fmt::format("{} has no version from {} or before", location_.uri, format_iso8601(us)),
                "`lakelet history` lists the versions and their times");
  }
  return *version == newest->version() ? newest : load_version(context_, location_, listing, version);
}

std::shared_ptr<const Snapshot> DeltaTable::snapshot(const VersionSelector& selector) {
  if (const auto* version = std::get_if<Version>(&selector)) return at_version(*version);
  if (const auto* time = std::get_if<AtTimestamp>(&selector)) return at_time(time->us);
  if (const auto* reference = std::get_if<AtReference>(&selector)) {
    throw Error(ErrorCode::NotFound,
                fmt::format("{} has no branch or tag '{}': Delta tables have none", location_.uri, reference->name),
                "give a version (@v3) or a time (@2025-01-31T12:00:00Z)");
  }
  return latest();
}

void DeltaTable::history(const std::function<bool(const HistoryEntry&)>& visit) {
  read_history(location_, list_whole_log(location_), visit);
}

std::vector<ColumnPath> DeltaTable::clustering_columns(const Snapshot& snapshot) const {
  const auto* own = dynamic_cast<const DeltaSnapshot*>(&snapshot);
  if (!own) throw Error(ErrorCode::Internal, "the clustering of a snapshot that isn't of a Delta table");
  std::vector<ColumnPath> columns;
  for (const ColumnPath& physical : delta::clustering_columns(own->protocol(), own->state().domains)) {
    auto logical = logical_path(own->schema(), physical);
    if (!logical) {
      throw Error(ErrorCode::CorruptTable, fmt::format("{} is clustered by '{}', which isn't a column", location_.uri,
                                                       fmt::join(physical, ".")));
    }
    columns.push_back(*std::move(logical));
  }
  return columns;
}

std::optional<FileClustering> DeltaTable::clustering_of(const DataFile& file) const {
  const AddFile add = add_file_of(file);
  return read_clustering(add.tags, add.clustering_provider);
}

std::unique_ptr<Transaction> DeltaTable::begin(std::shared_ptr<const Snapshot> base) {
  auto snapshot = std::dynamic_pointer_cast<const DeltaSnapshot>(std::move(base));
  if (!snapshot) throw Error(ErrorCode::Internal, "a transaction on a snapshot that isn't of a Delta table");
  return begin_transaction(context_, std::move(snapshot));
}

std::shared_ptr<const ChangeFeed> DeltaTable::changes(std::shared_ptr<const Snapshot> newest,
                                                      const ChangeRange& range) {
  auto snapshot = std::dynamic_pointer_cast<const DeltaSnapshot>(std::move(newest));
  if (!snapshot) throw Error(ErrorCode::Internal, "the changes of a snapshot that isn't of a Delta table");
  return DeltaChangeFeed::open(std::move(snapshot), range);
}

std::unique_ptr<FileRetention> DeltaTable::retention(std::shared_ptr<const Snapshot> newest,
                                                     const RetentionRequest& request) {
  auto snapshot = std::dynamic_pointer_cast<const DeltaSnapshot>(std::move(newest));
  if (!snapshot) throw Error(ErrorCode::Internal, "the files of a snapshot that isn't of a Delta table");
  return make_retention(std::move(snapshot), request);
}

void DeltaTable::record_vacuum(const VacuumRecord& record, const CommitOptions& options) {
  commit_record(*latest(), record, options);
}

LogPlan DeltaTable::plan_log(const LogRequest& request) {
  return plan_log_task(latest(), request);
}

LogReport DeltaTable::run_log(const LogPlan& plan, const CommitOptions& options) {
  return run_log_task(plan, options);
}

void DeltaTable::examine(const ExamineOptions&, const std::function<void(const Finding&)>& report) {
  LogExamination(context_, location_, report).run();
}

void DeltaTable::mend(const Finding& finding) {
  LogExamination(context_, location_, [](const Finding&) {}).mend(finding);
}

}  // namespace lakelet::delta
