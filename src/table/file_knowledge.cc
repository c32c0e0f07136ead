#include "table/file_knowledge.h"

#include <cmath>

namespace lakelet {
namespace {

const ColumnStatistics* find_statistics(const DataFile& file, const ColumnPath& column) {
  const auto exact = file.statistics.find(column);
  if (exact != file.statistics.end()) return &exact->second;
  for (const auto& [path, statistics] : file.statistics) {
    bool same = path.size() == column.size();
    for (std::size_t i = 0; same && i < path.size(); ++i) same = same_name(path[i], column[i]);
    if (same) return &statistics;
  }
  return nullptr;
}

const Value* find_partition_value(const DataFile& file, const Partitioning& partitioning, const ColumnPath& column,
                                  const Schema& schema) {
  for (std::size_t i = 0; i < partitioning.fields.size() && i < file.partition_values.size(); ++i) {
    const PartitionField& field = partitioning.fields[i];
    if (field.transform != Transform::Identity) continue;
    const std::optional<ColumnPath> source = resolve_dotted(schema, field.column);
    if (source && find_field(schema, *source) == find_field(schema, column)) return &file.partition_values[i];
  }
  return nullptr;
}

}  // namespace

KnownColumn constant_column(const Type& type, const Value& value, std::optional<std::int64_t> rows) {
  KnownColumn column{type, rows, {}};
  if (value.is_null()) {
    // Without a row count "all are null" couldn't be told: any count says it as well.
    if (!column.rows || *column.rows == 0) column.rows = 1;
    column.statistics.null_count = column.rows;
    return column;
  }
  column.statistics.null_count = 0;
  const double* number = std::get_if<double>(&value.storage());
  if (number && std::isnan(*number)) {
    column.statistics.has_nan = true;  // and no bounds: they ignore it
    return column;
  }
  column.statistics.min = value;
  column.statistics.max = value;
  return column;
}

ColumnKnowledge known_columns(const DataFile& file, const Schema& schema, const Partitioning& partitioning) {
  return [&file, &schema, &partitioning](const ColumnPath& column) -> std::optional<KnownColumn> {
    const Field* field = find_field(schema, column);
    if (!field) return std::nullopt;
    if (const Value* value = find_partition_value(file, partitioning, column, schema)) {
      return constant_column(field->type, *value, file.rows);
    }
    const ColumnStatistics* statistics = find_statistics(file, column);
    if (!statistics) return std::nullopt;
    return KnownColumn{field->type, file.rows, *statistics};
  };
}

Match match_file(const Predicate& predicate, const DataFile& file, const Schema& schema,
                 const Partitioning& partitioning) {
  return match(predicate, known_columns(file, schema, partitioning));
}

}  // namespace lakelet
