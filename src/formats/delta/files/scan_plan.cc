#include "formats/delta/files/scan_plan.h"

#include <algorithm>
#include <vector>

#include "base/time.h"
#include "formats/delta/files/deletion_vector_reader.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/files/file_pruner.h"
#include "formats/delta/files/live_files.h"

namespace lakelet::delta {

namespace {

// So many files that survive are found at once: few for who only wants a first
// row, then more.
constexpr std::size_t kFirstFiles = 16, kMostFiles = 4096;

class DeltaScanPlan final : public ScanPlan {
 public:
  DeltaScanPlan(std::shared_ptr<const DeltaSnapshot> snapshot, const ScanRequest& request)
      : snapshot_(std::move(snapshot)), pruner_(snapshot_->schema(), snapshot_->partitioning(), request.predicate) {
    if (request.with_statistics) pruner_.want_statistics(snapshot_->schema(), request.statistics_columns);
    reads_statistics_ = request.with_statistics || request.with_rows || pruner_.prunes_by_statistics() ||
                        !snapshot_->lists_files_in_large_checkpoint();
    impossible_ = request.predicate.kind() == PredicateKind::False;
  }

  std::optional<FileTask> next() override {
    if (at_ == found_.size() && !ended_) find_more();
    if (at_ == found_.size()) return std::nullopt;
    return task(found_[at_++]);
  }

  ScanCounts counts() const override {
    ScanCounts counts = counts_;
    if (!ended_) counts.files_total = std::max(counts.files_total, snapshot_->file_estimate());
    return counts;
  }

 private:
  // A file that survived; its record is row `row` of the block.
  struct Found {
    std::size_t row = 0;
    std::vector<Value> partition_values;
    FileStatistics statistics;
  };

  FileRequest request() const {
    FileRequest request;
    if (reads_statistics_) request.statistics = FileRequest::Statistics::Columns;
    request.columns = pruner_.statistics();
    return request;
  }

  bool survives(const FileActionView& file, FileStatistics& statistics) {
    if (impossible_ || pruner_.partition_match(file) == Match::None) return false;
    if (reads_statistics_) statistics = files_->statistics();
    return !pruner_.prunes_by_statistics() || pruner_.statistics_match(statistics) != Match::None;
  }

  void find_more() {
    if (!files_) files_ = std::make_unique<LiveFiles>(snapshot_->context(), snapshot_->files(), request());
    FileBlockBuilder survivors(FileBlockBuilder::Purpose::Record);
    found_.clear();
    at_ = 0;
    while (found_.size() < batch_) {
      if (!files_->next()) {
        ended_ = true;
        files_.reset();
        break;
      }
      const FileActionView& file = files_->file();
      const auto bytes = static_cast<std::uint64_t>(file.size.value_or(0));
      ++counts_.files_total;
      counts_.bytes_total += bytes;
      FileStatistics statistics;
      if (!survives(file, statistics)) {
        ++counts_.files_pruned;
        counts_.bytes_pruned += bytes;
        continue;
      }
      found_.push_back({survivors.append(files_->whole_file()), pruner_.partition_values(file), std::move(statistics)});
    }
    block_ = survivors.finish();
    batch_ = std::min(batch_ * 4, kMostFiles);
  }

  FileTask task(Found& found) {
    FileTask result;
    DataFile& file = result.file;
    file.path = block_->path(found.row);
    file.uri = resolve_path(file.path, snapshot_->location().uri);
    file.bytes = static_cast<std::uint64_t>(block_->bytes(found.row));
    file.rows = found.statistics.rows;
    file.partition_values = std::move(found.partition_values);
    for (const auto& [path, index] : pruner_.wanted()) {
      const ColumnStatistics& column = found.statistics.columns[index];
      if (column.null_count || column.min || column.max) file.statistics.emplace(path, column);
    }
    file.modified_us = micros_of_millis(block_->modification_time_ms(found.row));
    file.first_row_id = block_->base_row_id(found.row);
    file.row_version = block_->default_row_commit_version(found.row);
    file.format = "parquet";
    file.origin = std::make_shared<const FileOrigin>(FileOrigin{block_, found.row});
    if (const DeletionVectorDescriptor* dv = block_->deletion_vector(found.row)) {
      result.deletes.positions = read_deletion_vector(*snapshot_->context().stores, snapshot_->location(), *dv);
    }
    return result;
  }

  std::shared_ptr<const DeltaSnapshot> snapshot_;
  FilePruner pruner_;
  bool reads_statistics_ = false, impossible_ = false, ended_ = false;
  std::unique_ptr<LiveFiles> files_;
  std::size_t batch_ = kFirstFiles, at_ = 0;
  std::shared_ptr<const FileBlock> block_;
  std::vector<Found> found_;
  ScanCounts counts_;
};

}  // namespace

std::unique_ptr<ScanPlan> make_scan_plan(std::shared_ptr<const DeltaSnapshot> snapshot, const ScanRequest& request) {
  return std::make_unique<DeltaScanPlan>(std::move(snapshot), request);
}

}  // namespace lakelet::delta
