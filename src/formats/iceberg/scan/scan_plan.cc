#include "formats/iceberg/scan/scan_plan.h"

#include <algorithm>
#include <set>

#include "formats/iceberg/scan/catalog_plan.h"
#include "formats/iceberg/scan/delete_index.h"
#include "formats/iceberg/scan/file_judge.h"
#include "formats/iceberg/scan/file_task.h"
#include "formats/iceberg/scan/manifest_stream.h"
#include "formats/iceberg/scan/planned_file.h"
#include "formats/iceberg/scan/removed_positions.h"
#include "formats/iceberg/snapshot.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

class IcebergScanPlan final : public ScanPlan {
 public:
  IcebergScanPlan(std::shared_ptr<const IcebergSnapshot> snapshot, const ScanRequest& request, FileSelection selection)
      : snapshot_(std::move(snapshot)),
        selection_(std::move(selection)),
        judge_(snapshot_->fields(), snapshot_->schema(), request.predicate),
        removed_(snapshot_->context(), snapshot_->paths()) {
    if (request.with_statistics) find_statistics_columns(request.statistics_columns);
    for (const ManifestFile& manifest : snapshot_->manifests()) {
      if (!manifest.deletes) counts_.files_total += live_files(manifest);
    }
  }

  std::optional<FileTask> next() override {
    if (!data_) begin();
    while (at_ == batch_.entries.size()) {
      auto more = data_->next();
      if (!more) return std::nullopt;
      batch_ = std::move(*more);
      at_ = 0;
      counts_.files_pruned += batch_.left_out;
      counts_.bytes_pruned += batch_.bytes_left_out;
      counts_.bytes_total += batch_.bytes;
      counted_ += batch_.files;
      counts_.files_total = std::max(counts_.files_total, counted_);
    }
    return task(batch_.entries[at_++]);
  }

  ScanCounts counts() const override { return counts_; }

 private:
  struct StatisticsColumn {
    ColumnPath path;
    Field field;
  };

  static std::int64_t live_files(const ManifestFile& manifest) {
    return manifest.added_files.value_or(0) + manifest.existing_files.value_or(0);
  }

  void find_statistics_columns(std::vector<ColumnPath> paths) {
    if (paths.empty()) {
      for (const Field& field : snapshot_->schema().fields()) paths.push_back({field.name});
    }
    for (const ColumnPath& path : paths) {
      const Field* field = find_field(snapshot_->schema(), path);
      if (field && field->id && !field->type.nested()) statistics_columns_.push_back({path, *field});
    }
  }

  ManifestRead read_with(std::vector<std::int32_t> wanted) const {
    ManifestRead read;
    read.stores = snapshot_->context().stores;
    read.paths = &snapshot_->paths();
    read.fields = &snapshot_->fields();
    read.wanted = std::move(wanted);
    return read;
  }

  KeepPartition keep_partition() const {
    if (!judge_.never() && !judge_.names_partitions(snapshot_->table_metadata().specs)) return {};
    return [this](int spec_id, const std::vector<Value>& partition) {
      return judge_.partition_may_match(spec_id, partition);
    };
  }

  // Delete files first: what applies to a data file may be in any of their manifests.
  void read_deletes() {
    std::vector<const ManifestFile*> manifests;
    for (const ManifestFile& manifest : snapshot_->manifests()) {
      if (manifest.deletes && manifest.may_have_live_files() && judge_.manifest_may_match(manifest)) {
        manifests.push_back(&manifest);
      }
    }
    std::vector<std::int32_t> wanted = snapshot_->fields().ids();
    wanted.push_back(kDeletedPathId);
    deletes_ = std::make_unique<DeleteIndex>(snapshot_->fields(), wanted);
    ManifestRead read = read_with(std::move(wanted));
    read.keep_partition = keep_partition();
    read.keep = [](int, const ManifestEntry&) { return true; };
    ManifestStream stream(std::move(manifests), std::move(read));
    while (auto contents = stream.next()) {
      for (ManifestEntry& entry : contents->entries) deletes_->add(std::move(entry), contents->spec_id);
    }
  }

  void begin() {
    read_deletes();
    std::set<std::int32_t> wanted(judge_.ids().begin(), judge_.ids().end());
    for (const StatisticsColumn& column : statistics_columns_) wanted.insert(*column.field.id);
    for (const std::int32_t id : deletes_->equality_ids()) wanted.insert(id);
    wanted_.assign(wanted.begin(), wanted.end());
    std::vector<const ManifestFile*> manifests;
    for (const ManifestFile& manifest : snapshot_->manifests()) {
      if (manifest.deletes || !manifest.may_have_live_files()) continue;
      if (selection_.manifest && !selection_.manifest(manifest)) continue;
      if (judge_.manifest_may_match(manifest)) {
        manifests.push_back(&manifest);
      } else {
        counted_ += live_files(manifest);
        counts_.files_pruned += live_files(manifest);
      }
    }
    ManifestRead read = read_with(wanted_);
    read.keep_partition = keep_partition();
    read.keep = [this](int spec_id, const ManifestEntry& entry) {
      return (!selection_.file || selection_.file(entry)) && judge_.file_may_match(spec_id, entry, wanted_);
    };
    data_ = std::make_unique<ManifestStream>(std::move(manifests), std::move(read));
  }

  FileTask task(ManifestEntry& entry) {
    const ApplyingDeletes deletes = deletes_->find(entry, wanted_);
    std::map<ColumnPath, ColumnStatistics> statistics;
    for (const StatisticsColumn& column : statistics_columns_) {
      const auto at = std::lower_bound(wanted_.begin(), wanted_.end(), *column.field.id);
      const ColumnMetrics& metrics = entry.metrics[static_cast<std::size_t>(at - wanted_.begin())];
      if (metrics.values || metrics.nulls || metrics.lower) {
        statistics.emplace(column.path, to_statistics(metrics, column.field));
      }
    }
    const std::int64_t sequence_number = entry.sequence_number;
    FileTask result = make_file_task(*snapshot_, batch_.spec_id, std::move(entry), deletes, removed_);
    result.file.statistics = std::move(statistics);
    result.file.sequence_number = sequence_number;
    if (result.file.first_row_id) result.file.row_version = sequence_number;
    return result;
  }

  std::shared_ptr<const IcebergSnapshot> snapshot_;
  FileSelection selection_;
  FileJudge judge_;
  RemovedPositions removed_;
  std::vector<StatisticsColumn> statistics_columns_;
  std::vector<std::int32_t> wanted_;
  std::unique_ptr<DeleteIndex> deletes_;
  ManifestContents batch_;
  std::size_t at_ = 0;
  std::int64_t counted_ = 0;
  ScanCounts counts_;
  std::unique_ptr<ManifestStream> data_;  // last: its threads use the others
};

}  // namespace

const PlannedFile& planned_file(const DataFile& file) {
  if (!file.origin) throw Error(ErrorCode::InvalidArgument, file.path + " is no file that a plan of the table gave");
  return *static_cast<const PlannedFile*>(file.origin.get());
}

std::unique_ptr<ScanPlan> make_scan_plan(std::shared_ptr<const IcebergSnapshot> snapshot, const ScanRequest& request,
                                         FileSelection selection) {
  const bool selects = selection.manifest || selection.file;
  if (snapshot->planner() && !selects) return make_catalog_plan(std::move(snapshot), request);
  return std::make_unique<IcebergScanPlan>(std::move(snapshot), request, std::move(selection));
}

}  // namespace lakelet::iceberg
