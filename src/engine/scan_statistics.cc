#include "engine/scan_statistics.h"

#include <algorithm>
#include <duckdb/storage/statistics/numeric_stats.hpp>
#include <optional>

#include "engine/type_mapping.h"
#include "lakelet/error.h"
#include "table/file_knowledge.h"

namespace lakelet::engine {

namespace {

bool has_bounds(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Boolean:
    case TypeKind::Date:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::Decimal:
      return true;
    default:
      return type.integral();
  }
}

bool has_statistics(const Type& type) {
  switch (type.kind()) {
    case TypeKind::String:
    case TypeKind::Float:
    case TypeKind::Double:
      return true;
    default:
      return has_bounds(type);
  }
}

// What all files so far have in common of one column.
struct Gathered {
  Type type;
  bool known = true;  // something is
  bool may_have_nulls = false;
  bool may_have_values = false;
  bool bounded = true;
  std::optional<Value> min, max;

  void add(const std::optional<KnownColumn>& column) {
    if (!column || !column->statistics.null_count) {
      known = false;
      return;
    }
    const ColumnStatistics& told = column->statistics;
    may_have_nulls = may_have_nulls || *told.null_count != 0;
    if (column->rows && *told.null_count == *column->rows) return;
    may_have_values = true;
    if (!told.min || !told.max || compare_values(*told.min, *told.max) > 0) {
      bounded = false;
    }
    if (!bounded) return;
    if (!min || compare_values(*told.min, *min) < 0) min = told.min;
    if (!max || compare_values(*told.max, *max) > 0) max = told.max;
  }

  duckdb::unique_ptr<duckdb::BaseStatistics> finish() const {
    if (!known || (!may_have_nulls && !may_have_values)) return nullptr;
    auto result = duckdb::BaseStatistics::CreateUnknown(to_engine_type(type));
    if (!may_have_nulls) result.Set(duckdb::StatsInfo::CANNOT_HAVE_NULL_VALUES);
    if (!may_have_values) result.Set(duckdb::StatsInfo::CANNOT_HAVE_VALID_VALUES);
    if (may_have_values && bounded && has_bounds(type)) set_bounds(result);
    return result.ToUnique();
  }

  void set_bounds(duckdb::BaseStatistics& result) const {
    const duckdb::Value low = to_engine_value(*min, type), high = to_engine_value(*max, type);
    // One that doesn't come back as it went isn't of the type.
    const auto low_back = from_engine_value(low, type), high_back = from_engine_value(high, type);
    if (!low_back || !high_back || !(*low_back == *min) || !(*high_back == *max)) return;
    duckdb::NumericStats::SetMin(result, low);
    duckdb::NumericStats::SetMax(result, high);
  }
};

}  // namespace

ColumnKnowledgeList scan_statistics(const Snapshot& snapshot, ScanPlan& plan) {
  const Schema& schema = snapshot.schema();
  std::vector<Gathered> columns(schema.size());
  for (std::size_t i = 0; i < schema.size(); ++i) {
    columns[i].type = schema[i].type;
    columns[i].known = has_statistics(schema[i].type);
  }
  while (const auto task = plan.next()) {
    const ColumnKnowledge known =
        known_columns(task->file, schema, snapshot.partitioning_of(task->file.partitioning_id));
    const bool plain = task->deletes.merge_logs.empty() && !task->merge && !task->rows;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!plain) columns[i].known = false;
      if (!columns[i].known) continue;
      const auto given = task->constants.find(schema[i].name);
      columns[i].add(given == task->constants.end() ? known({schema[i].name})
                                                    : constant_column(schema[i].type, given->second, task->file.rows));
    }
  }
  ColumnKnowledgeList result;
  for (const Gathered& column : columns) {
    try {
      result.push_back(column.finish());
    } catch (const std::exception&) {
      result.push_back(nullptr);  // a bound that isn't of its type only decorates
    }
  }
  return result;
}

}  // namespace lakelet::engine
