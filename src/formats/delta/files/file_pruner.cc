#include "formats/delta/files/file_pruner.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"
#include "table/column_path.h"
#include "table/file_knowledge.h"

namespace lakelet::delta {

namespace {

std::vector<PartitionColumnSpec> partition_columns(const Schema& schema, const Partitioning& partitioning) {
  std::vector<PartitionColumnSpec> result;
  for (const PartitionField& field : partitioning.fields) {
    const Field& column = *schema.find(field.column);
    result.push_back({column.file_name(), column});
  }
  return result;
}

[[noreturn]] void name_file(Error& error, const FileActionView& file) {
  throw error.add_context(fmt::format("file {}", file.path));
}

}  // namespace

FilePruner::FilePruner(const Schema& schema, const Partitioning& partitioning, Predicate predicate)
    : predicate_(std::move(predicate)),
      partition_columns_(partition_columns(schema, partitioning)),
      partitions_(partition_columns_) {
  for (ColumnPath& path : predicate_.columns()) add_column(schema, partitioning, std::move(path));
}

int FilePruner::partition_index(const Partitioning& partitioning, const ColumnPath& path) const {
  if (path.size() != 1) return -1;
  for (std::size_t i = 0; i < partitioning.fields.size(); ++i) {
    if (same_name(partitioning.fields[i].column, path[0])) return static_cast<int>(i);
  }
  return -1;
}

int FilePruner::statistics_index(StatisticsReader::Column column) {
  for (std::size_t i = 0; i < statistics_.size(); ++i) {
    if (statistics_[i].physical == column.physical) return static_cast<int>(i);
  }
  statistics_.push_back(std::move(column));
  return static_cast<int>(statistics_.size()) - 1;
}

void FilePruner::add_column(const Schema& schema, const Partitioning& partitioning, ColumnPath path) {
  Column column;
  column.partition = partition_index(partitioning, path);
  if (column.partition >= 0) {
    column.type = partition_columns_[column.partition].field.type;
    prunes_by_partition_ = true;
  } else if (auto source = statistics_column(schema, path)) {
    column.type = source->type;
    column.statistics = statistics_index(std::move(*source));
    prunes_by_statistics_ = true;
  } else {
    return;  // nothing is known of it
  }
  column.path = std::move(path);
  columns_.push_back(std::move(column));
}

void FilePruner::want_statistics(const Schema& schema, const std::vector<ColumnPath>& columns) {
  for (auto& [path, column] : statistics_columns(schema)) {
    if (!columns.empty() && std::find(columns.begin(), columns.end(), path) == columns.end()) continue;
    const bool partition =
        path.size() == 1 && std::any_of(partition_columns_.begin(), partition_columns_.end(),
                                        [&](const auto& each) { return column.physical[0] == each.physical_name; });
    if (!partition) wanted_.emplace_back(path, statistics_index(std::move(column)));
  }
}

const FilePruner::Column* FilePruner::find_column(const ColumnPath& path) const {
  for (const Column& column : columns_) {
    if (column.path == path) return &column;
  }
  return nullptr;
}

// Each combination of the values that the condition names is judged once.
Match FilePruner::partition_match(const FileActionView& file) {
  if (predicate_.kind() == PredicateKind::True) return Match::All;
  if (partitions_.full()) {
    partitions_.clear();
    by_partition_.clear();
  }
  codes_.assign(partition_columns_.size(), 0);
  named_codes_.clear();
  for (const Column& column : columns_) {
    if (column.partition < 0) continue;
    codes_[column.partition] = partitions_.code(column.partition, file);
    named_codes_.push_back(codes_[column.partition]);
  }
  const auto known = by_partition_.find(named_codes_);
  if (known != by_partition_.end()) return known->second;
  try {
    const Match result = match(predicate_, [&](const ColumnPath& path) -> std::optional<KnownColumn> {
      const Column* column = find_column(path);
      if (!column || column->partition < 0) return std::nullopt;
      return constant_column(column->type, partitions_.value(column->partition, codes_[column->partition]),
                             std::nullopt);
    });
    by_partition_.emplace(named_codes_, result);
    return result;
  } catch (Error& error) {
    name_file(error, file);
  }
}

Match FilePruner::statistics_match(const FileStatistics& statistics) {
  return match(predicate_, [&](const ColumnPath& path) -> std::optional<KnownColumn> {
    const Column* column = find_column(path);
    if (!column) return std::nullopt;
    if (column->partition >= 0) {
      return constant_column(column->type, partitions_.value(column->partition, codes_[column->partition]),
                             statistics.rows);
    }
    return KnownColumn{column->type, statistics.rows, statistics.columns[column->statistics]};
  });
}

std::vector<Value> FilePruner::partition_values(const FileActionView& file) {
  std::vector<Value> values;
  values.reserve(partition_columns_.size());
  try {
    for (std::size_t i = 0; i < partition_columns_.size(); ++i)
      values.push_back(partitions_.value(i, partitions_.code(i, file)));
  } catch (Error& error) {
    name_file(error, file);
  }
  return values;
}

}  // namespace lakelet::delta
