#include "sql/change/whole_files.h"

#include <algorithm>
#include <duckdb/execution/operator/filter/physical_filter.hpp>
#include <duckdb/execution/operator/scan/physical_table_scan.hpp>
#include <duckdb/planner/filter/conjunction_filter.hpp>

#include "engine/pushed_filter.h"
#include "engine/scan.h"
#include "table/column_path.h"
#include "table/file_knowledge.h"

namespace lakelet::sql {
namespace {

bool decides(const Predicate& predicate) {
  if (predicate.kind() == PredicateKind::Unknown) return false;
  return std::all_of(predicate.parts().begin(), predicate.parts().end(), decides);
}

// A filter that only helps the scan: the condition itself is above it, or comes from elsewhere.
bool is_hint(const duckdb::TableFilter& filter) {
  using duckdb::TableFilterType;
  return filter.filter_type == TableFilterType::OPTIONAL_FILTER ||
         filter.filter_type == TableFilterType::DYNAMIC_FILTER || filter.filter_type == TableFilterType::BLOOM_FILTER;
}

void convert(duckdb::ClientContext& context, const duckdb::TableFilter& filter, const Schema& schema,
             duckdb::idx_t column, std::vector<Predicate>& out) {
  if (is_hint(filter)) return;
  if (filter.filter_type == duckdb::TableFilterType::CONJUNCTION_AND) {
    for (const auto& child : filter.Cast<duckdb::ConjunctionAndFilter>().child_filters) {
      convert(context, *child, schema, column, out);
    }
    return;
  }
  out.push_back(engine::to_predicate(context, filter, schema, column));
}

// Everything that stands between the table and the rows that go, as predicates; nullopt if something else does.
struct Conditions {
  const duckdb::PhysicalTableScan* scan = nullptr;
  std::vector<Predicate> parts;
};

duckdb::vector<duckdb::column_t> columns_of(const duckdb::PhysicalTableScan& scan) {
  duckdb::vector<duckdb::column_t> columns;
  if (scan.projection_ids.empty()) {
    for (const auto& column : scan.column_ids) columns.push_back(column.GetPrimaryIndex());
  }
  for (const auto at : scan.projection_ids) columns.push_back(scan.column_ids[at].GetPrimaryIndex());
  return columns;
}

std::optional<Conditions> conditions_of(duckdb::ClientContext& context, duckdb::PhysicalOperator& plan,
                                        const Schema& schema) {
  Conditions found;
  auto* at = &plan;
  while (at->type == duckdb::PhysicalOperatorType::PROJECTION) at = &at->children[0].get();
  const duckdb::PhysicalFilter* filter = nullptr;
  if (at->type == duckdb::PhysicalOperatorType::FILTER) {
    filter = &at->Cast<duckdb::PhysicalFilter>();
    at = &at->children[0].get();
  }
  if (at->type != duckdb::PhysicalOperatorType::TABLE_SCAN) return std::nullopt;
  found.scan = &at->Cast<duckdb::PhysicalTableScan>();
  if (found.scan->extra_info.sample_options) return std::nullopt;
  if (filter)
    found.parts.push_back(engine::to_predicate(context, *filter->expression, schema, columns_of(*found.scan)));
  if (found.scan->table_filters) {
    for (const auto& [index, each] : found.scan->table_filters->filters) {
      if (index >= found.scan->column_ids.size()) return std::nullopt;
      convert(context, *each, schema, found.scan->column_ids[index].GetPrimaryIndex(), found.parts);
    }
  }
  return found;
}

// Values in which NaN or padding may make a row's value another than the file's aren't judged here.
bool is_plain_partition(const ColumnPath& path, const Snapshot& snapshot) {
  const auto columns = snapshot.partitioning().columns();
  const Field* field = find_field(snapshot.schema(), path);
  if (!field || path.size() != 1 || field->padded_to) return false;
  if (field->type.kind() == TypeKind::Float || field->type.kind() == TypeKind::Double) return false;
  return std::find(columns.begin(), columns.end(), field->name) != columns.end();
}

bool is_plain_file(const FileTask& task) {
  return task.file.rows && task.deletes.equality.empty() && task.deletes.merge_logs.empty() && !task.rows &&
         !task.merge && !task.only;
}

}  // namespace

std::optional<std::vector<FileTask>> files_that_go(duckdb::ClientContext& context, duckdb::PhysicalOperator& plan,
                                                   const PathsTable& table) {
  const Snapshot& snapshot = *table.snapshot();
  const auto conditions = conditions_of(context, plan, snapshot.schema());
  if (!conditions || !conditions->scan->bind_data || snapshot.schema().empty()) return std::nullopt;
  const auto scan = engine::scan_of(*conditions->scan->bind_data);
  if (!scan || scan->snapshot() != table.scanned()) return std::nullopt;
  const Predicate predicate = Predicate::all_of(conditions->parts);
  if (!decides(predicate) || !snapshot.partitioning().identity_only()) return std::nullopt;
  for (const auto& path : predicate.columns()) {
    if (!is_plain_partition(path, snapshot)) return std::nullopt;
  }
  std::vector<FileTask> out;
  const auto files = engine::plan_of(*conditions->scan->bind_data, true, {{snapshot.schema()[0].name}});
  while (auto task = files->next()) {
    const Partitioning& partitioning = snapshot.partitioning_of(task->file.partitioning_id);
    if (!is_plain_file(*task) || !partitioning.identity_only()) return std::nullopt;
    switch (match_file(predicate, task->file, snapshot.schema(), partitioning)) {
      case Match::All:
        out.push_back(std::move(*task));
        break;
      case Match::Some:
        return std::nullopt;
      case Match::None:
        break;
    }
  }
  return out;
}

}  // namespace lakelet::sql
