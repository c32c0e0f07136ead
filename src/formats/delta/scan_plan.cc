#include "formats/delta/scan_plan.h"

#include <map>

#include "formats/delta/deletion_vector_reader.h"
#include "formats/delta/file_path.h"
#include "formats/delta/partition_reader.h"
#include "formats/delta/statistics_reader.h"
#include "lakelet/error.h"
#include "table/column_path.h"
#include "table/file_knowledge.h"

namespace lakelet::delta {

namespace {

// Where what is known of a column of the predicate comes from.
struct PredicateColumn {
  ColumnPath path;  // as the predicate spells it
  Type type;
  int partition = -1;
  int statistics = -1;  // index into the statistics that are read
};

class DeltaScanPlan final : public ScanPlan {
 public:
  DeltaScanPlan(std::shared_ptr<const DeltaSnapshot> snapshot, const ScanRequest& request)
      : snapshot_(std::move(snapshot)), predicate_(request.predicate), with_statistics_(request.with_statistics) {
    const Schema& schema = snapshot_->schema();
    for (const PartitionField& field : snapshot_->partitioning().fields) {
      const Field& column = *schema.find(field.column);
      partition_columns_.push_back({column.file_name(), column.type});
    }
    std::vector<StatisticsReader::Column> wanted;
    if (with_statistics_) {
      for (auto& [path, column] : statistics_columns(schema)) {
        if (partition_index(path) >= 0) continue;
        statistics_paths_.push_back(path);
        wanted.push_back(std::move(column));
      }
    }
    for (ColumnPath& path : predicate_.columns()) add_predicate_column(schema, std::move(path), wanted);
    statistics_ = std::make_unique<StatisticsReader>(std::move(wanted));
    for (const FileListPart& part : snapshot_->files().parts) counts_.files_total += part.live;
  }

  std::optional<FileTask> next() override {
    const auto& parts = snapshot_->files().parts;
    for (; part_ < parts.size(); ++part_, row_ = 0, partitions_.reset()) {
      const FileListPart& part = parts[part_];
      const FileBlock& block = *part.block;
      if (!partitions_) partitions_.emplace(block, partition_columns_), by_partition_.clear();
      while (row_ < block.size()) {
        const std::size_t row = row_++;
        if (!part.is_live(row)) continue;
        counts_.bytes_total += static_cast<std::uint64_t>(block.bytes(row));
        if (partition_match(row) != Match::None) {
          FileStatistics statistics = statistics_->read(block.stats(row));
          if (!prunes_by_statistics_ || statistics_match(row, statistics) != Match::None) {
            return task(part.block, row, std::move(statistics));
          }
        }
        ++counts_.files_pruned;
        counts_.bytes_pruned += static_cast<std::uint64_t>(block.bytes(row));
      }
    }
    return std::nullopt;
  }

  ScanCounts counts() const override { return counts_; }

 private:
  int partition_index(const ColumnPath& path) const {
    if (path.size() != 1) return -1;
    const auto& fields = snapshot_->partitioning().fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (same_name(fields[i].column, path[0])) return static_cast<int>(i);
    }
    return -1;
  }

  void add_predicate_column(const Schema& schema, ColumnPath path, std::vector<StatisticsReader::Column>& wanted) {
    PredicateColumn column;
    column.partition = partition_index(path);
    if (column.partition >= 0) {
      column.type = partition_columns_[column.partition].type;
    } else if (auto source = statistics_column(schema, path)) {
      column.type = source->type;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].physical == source->physical) column.statistics = static_cast<int>(i);
      }
      if (column.statistics < 0) {
        column.statistics = static_cast<int>(wanted.size());
        wanted.push_back(std::move(*source));
      }
      prunes_by_statistics_ = true;
    } else {
      return;  // nothing is known of it
    }
    column.path = std::move(path);
    predicate_columns_.push_back(std::move(column));
  }

  const PredicateColumn* find_column(const ColumnPath& path) const {
    for (const PredicateColumn& column : predicate_columns_) {
      if (column.path == path) return &column;
    }
    return nullptr;
  }

  // By partition values alone, each combination of those that the predicate names once.
  Match partition_match(std::size_t row) {
    if (predicate_.kind() == PredicateKind::True) return Match::All;
    std::vector<std::uint32_t> codes;
    for (const PredicateColumn& column : predicate_columns_) {
      if (column.partition >= 0) codes.push_back(partitions_->code(column.partition, row));
    }
    const auto known = by_partition_.find(codes);
    if (known != by_partition_.end()) return known->second;
    const Match result = match(predicate_, [&](const ColumnPath& path) -> std::optional<KnownColumn> {
      const PredicateColumn* column = find_column(path);
      if (!column || column->partition < 0) return std::nullopt;
      return constant_column(column->type, partitions_->value(column->partition, row), std::nullopt);
    });
    by_partition_.emplace(std::move(codes), result);
    return result;
  }

  Match statistics_match(std::size_t row, const FileStatistics& statistics) {
    return match(predicate_, [&](const ColumnPath& path) -> std::optional<KnownColumn> {
      const PredicateColumn* column = find_column(path);
      if (!column) return std::nullopt;
      if (column->partition >= 0) {
        return constant_column(column->type, partitions_->value(column->partition, row), statistics.rows);
      }
      return KnownColumn{column->type, statistics.rows, statistics.columns[column->statistics]};
    });
  }

  FileTask task(const std::shared_ptr<const FileBlock>& block, std::size_t row, FileStatistics statistics) {
    FileTask result;
    DataFile& file = result.file;
    file.path = block->path(row);
    file.uri = resolve_path(file.path, snapshot_->location().uri);
    file.bytes = static_cast<std::uint64_t>(block->bytes(row));
    file.rows = statistics.rows;
    for (std::size_t i = 0; i < partition_columns_.size(); ++i) {
      file.partition_values.push_back(partitions_->value(i, row));
    }
    if (with_statistics_) {
      for (std::size_t i = 0; i < statistics_paths_.size(); ++i) {
        const ColumnStatistics& column = statistics.columns[i];
        if (column.null_count || column.min || column.max) file.statistics.emplace(statistics_paths_[i], column);
      }
    }
    file.modified_us = block->modification_time_ms(row) * 1000;
    file.first_row_id = block->base_row_id(row);
    file.format = "parquet";
    file.origin = std::make_shared<const FileOrigin>(FileOrigin{block, row});
    if (const DeletionVectorDescriptor* dv = block->deletion_vector(row)) {
      result.deletes.positions = read_deletion_vector(*snapshot_->context().stores, snapshot_->location(), *dv);
    }
    return result;
  }

  std::shared_ptr<const DeltaSnapshot> snapshot_;
  Predicate predicate_;
  bool with_statistics_;
  bool prunes_by_statistics_ = false;
  std::vector<PartitionColumnSpec> partition_columns_;
  std::vector<PredicateColumn> predicate_columns_;
  std::vector<ColumnPath> statistics_paths_;  // logical, of the first statistics columns
  std::unique_ptr<StatisticsReader> statistics_;

  std::size_t part_ = 0, row_ = 0;
  std::optional<PartitionReader> partitions_;  // of the current part
  std::map<std::vector<std::uint32_t>, Match> by_partition_;
  ScanCounts counts_;
};

}  // namespace

std::unique_ptr<ScanPlan> make_scan_plan(std::shared_ptr<const DeltaSnapshot> snapshot, const ScanRequest& request) {
  return std::make_unique<DeltaScanPlan>(std::move(snapshot), request);
}

}  // namespace lakelet::delta
