#include "formats/iceberg/upkeep/log_upkeep.h"

#include <algorithm>
#include <optional>
#include <set>

#include "formats/iceberg/upkeep/delete_plan.h"
#include "formats/iceberg/upkeep/delete_rewriter.h"
#include "formats/iceberg/write/folder_commit.h"
#include "formats/iceberg/write/iceberg_transaction.h"
#include "formats/iceberg/write/manifest_merge.h"
#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet::iceberg {

namespace {

bool merges_manifests(const IcebergSnapshot& newest) {
  ManifestMerging merging = manifest_merging(newest.properties());
  merging.enabled = true;
  merging.least = 1;
  return !merge_groups(newest.manifests(), merging).empty();
}

void plan_compaction(LogPlan& plan, const IcebergSnapshot& newest, const DeletePlan& deletes) {
  if (deletes.empty() && !merges_manifests(newest)) return;
  const bool vectors = newest.table_metadata().format_version >= 3;
  const bool writes = !deletes.groups.empty() || !deletes.vectors.empty();
  if (writes) plan.writes.emplace_back(vectors ? "data/<uuid>-deletes.puffin" : "data/<uuid>-deletes.parquet");
  plan.writes.insert(plan.writes.end(), {"metadata/<uuid>-m*.avro", "metadata/snap-*.avro"});
}

// What the table's log named once: each file tells of those before it. Files that lie beside them may be another
// table's, which had the folder before.
void plan_clean_up_of_catalog(LogPlan& plan, const IcebergSnapshot& newest) {
  const TableMetadataFile& metadata = newest.table_metadata();
  const auto place_of = [&](const std::string& recorded) {
    return newest.context().stores->resolve(newest.paths().resolve(recorded));
  };
  std::set<std::string> known = {place_of(metadata.file_location).uri};
  for (const MetadataLogEntry& each : metadata.metadata_log) known.insert(place_of(each.file).uri);
  std::vector<MetadataLogEntry> log = metadata.metadata_log;
  while (!log.empty()) {
    std::optional<TableMetadataFile> oldest;
    try {
      oldest = *load_metadata(*newest.context().stores, CatalogPointer{log.front().file}, std::nullopt).contents;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::NotFound) throw;
      return;  // what it told of went before it
    }
    if (oldest->uuid != metadata.uuid) return;
    log.clear();
    for (MetadataLogEntry& each : oldest->metadata_log) {
      const Location file = place_of(each.file);
      if (!known.insert(file.uri).second) continue;
      log.push_back(std::move(each));
      if (!file.uri.starts_with(newest.root().uri + "/")) continue;
      if (auto object = file.store->find(file.path)) plan.removes.push_back(*std::move(object));
    }
  }
}

// Those that are older than what the log begins with. Whoever commits at the same time writes later ones.
void plan_clean_up(LogPlan& plan, const IcebergSnapshot& newest) {
  const TableMetadataFile& metadata = newest.table_metadata();
  std::int64_t oldest = folder_version(metadata.file).value_or(0);
  for (const MetadataLogEntry& each : metadata.metadata_log) {
    const auto version = folder_version(last_part(each.file));
    if (!version) return;  // of another making: the age of its name says nothing
    oldest = std::min(oldest, *version);
  }
  newest.root().store->list_folder(newest.root().child("metadata").path, "", [&](const ObjectInfo& object) {
    const auto version = folder_version(last_part(object.path));
    if (version && *version < oldest) plan.removes.push_back(object);
    return true;
  });
}

}  // namespace

LogPlan plan_log_task(std::shared_ptr<const IcebergSnapshot> newest, const LogRequest& request) {
  newest->require(Access::Maintain);
  if (request.task == LogTask::Checkpoint) {
    throw Error(ErrorCode::UnsupportedFeature,
                "an Iceberg table has no checkpoints: its metadata is whole in each version",
                "`lakelet compact-log` puts small manifests together");
  }
  LogPlan plan;
  plan.task = request.task;
  if (request.task == LogTask::Compact) {
    if (request.first || request.last) {
      throw Error(ErrorCode::InvalidArgument,
                  "manifests are those of all snapshots: no first or last one can be named");
    }
    plan_compaction(plan, *newest, plan_deletes(*newest));
  } else {
    catalog_table_of(newest->location()) ? plan_clean_up_of_catalog(plan, *newest) : plan_clean_up(plan, *newest);
  }
  plan.newest = std::move(newest);
  return plan;
}

namespace {

void clean_up(LogReport& report, const LogPlan& plan, const Location& root, const Cancellation& cancellation) {
  const std::size_t folder = root.path.size() + 1;
  for (const ObjectInfo& object : plan.removes) {
    cancellation.check();
    root.store->remove(object.path);
    report.files_removed.push_back(object.path.substr(folder));
    report.bytes_removed += object.size;
  }
}

// nullopt: what is on top of `newest` by now stands in the way of it; `lost` says what that is.
std::optional<LogReport> compact(const std::shared_ptr<const IcebergSnapshot>& newest, const CommitOptions& options,
                                 Conflict& lost) {
  LogReport report;
  const DeletePlan deletes = plan_deletes(*newest, options.cancellation);
  if (deletes.empty() && !merges_manifests(*newest)) return report;
  RewrittenDeletes rewritten = rewrite_deletes(*newest, deletes, options.cancellation);
  const std::size_t folder = newest->root().path.size() + 1;
  std::set<std::string> made;
  for (const AddedFile& file : rewritten.added) {
    if (made.insert(file.entry.path).second) report.bytes_written += file.entry.bytes;
  }
  for (const Location& file : rewritten.files) report.files_written.push_back(file.path.substr(folder));
  IcebergTransaction transaction(newest->context(), {newest->root(), std::nullopt}, newest);
  transaction.rewrite_deletes(std::move(rewritten));
  transaction.merge_manifests();
  CommitInfo info;
  info.operation = Operation::Optimize;
  CommitOutcome outcome = transaction.commit(info, options);
  if (auto* conflict = std::get_if<Conflict>(&outcome); conflict && !conflict->version_moved) {
    lost = std::move(*conflict);
    return std::nullopt;
  }
  report.version = require_committed(std::move(outcome), newest->location().uri).version;
  const std::vector<std::string>& manifests = transaction.manifests_written();
  report.files_written.insert(report.files_written.end(), manifests.begin(), manifests.end());
  report.bytes_written += transaction.manifest_bytes_written();
  return report;
}

}  // namespace

LogReport run_log_task(const LogPlan& plan, const CommitOptions& options, const NewestSnapshot& newest) {
  LogReport report;
  if (plan.writes.empty() && plan.removes.empty()) return report;
  auto base = std::dynamic_pointer_cast<const IcebergSnapshot>(plan.newest);
  if (!base) throw Error(ErrorCode::Internal, "a plan that isn't of an Iceberg table");
  report.version = base->version();
  clean_up(report, plan, base->root(), options.cancellation);
  if (plan.task != LogTask::Compact) return report;
  constexpr int kMostAttempts = 20;
  Conflict lost;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    if (auto done = compact(base, options, lost)) return *std::move(done);
    base = newest();
    base->require(Access::Maintain);
  }
  require_committed(CommitOutcome(lost), base->location().uri);
  return report;
}

}  // namespace lakelet::iceberg
