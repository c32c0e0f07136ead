#include "formats/iceberg/upkeep/log_upkeep.h"

#include <algorithm>
#include <optional>
#include <set>

#include "formats/iceberg/write/folder_commit.h"
#include "formats/iceberg/write/iceberg_transaction.h"
#include "formats/iceberg/write/manifest_merge.h"
#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet::iceberg {

namespace {

void plan_merging(LogPlan& plan, const IcebergSnapshot& newest) {
  ManifestMerging merging = manifest_merging(newest.properties());
  merging.enabled = true;
  merging.least = 1;
  if (merge_groups(newest.manifests(), merging).empty()) return;
  plan.writes = {"metadata/<uuid>-m*.avro", "metadata/snap-*.avro"};
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
    plan_merging(plan, *newest);
  } else {
    catalog_table_of(newest->location()) ? plan_clean_up_of_catalog(plan, *newest) : plan_clean_up(plan, *newest);
  }
  plan.newest = std::move(newest);
  return plan;
}

LogReport run_log_task(const LogPlan& plan, const CommitOptions& options) {
  LogReport report;
  if (plan.writes.empty() && plan.removes.empty()) return report;
  const auto newest = std::dynamic_pointer_cast<const IcebergSnapshot>(plan.newest);
  if (!newest) throw Error(ErrorCode::Internal, "a plan that isn't of an Iceberg table");
  report.version = newest->version();
  const Location& root = newest->root();
  const std::size_t folder = root.path.size() + 1;
  for (const ObjectInfo& object : plan.removes) {
    options.cancellation.check();
    root.store->remove(object.path);
    report.files_removed.push_back(object.path.substr(folder));
    report.bytes_removed += object.size;
  }
  if (plan.task != LogTask::Compact) return report;
  IcebergTransaction transaction(newest->context(), {root, std::nullopt}, newest);
  transaction.merge_manifests();
  CommitInfo info;
  info.operation = Operation::Optimize;
  report.version = require_committed(transaction.commit(info, options), newest->location().uri).version;
  report.files_written = transaction.manifests_written();
  report.bytes_written = transaction.manifest_bytes_written();
  return report;
}

}  // namespace lakelet::iceberg
