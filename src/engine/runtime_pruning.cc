#include "engine/runtime_pruning.h"

#include <duckdb/planner/filter/list.hpp>

#include "engine/pushed_filter.h"
#include "table/file_knowledge.h"

namespace lakelet::engine {

namespace {

bool filled_at_run_time(const duckdb::TableFilter& filter) {
  using duckdb::TableFilterType;
  const auto any = [](const auto& filters) {
    for (const auto& child : filters) {
      if (filled_at_run_time(*child)) return true;
    }
    return false;
  };
  switch (filter.filter_type) {
    case TableFilterType::DYNAMIC_FILTER:
      return true;
    case TableFilterType::OPTIONAL_FILTER: {
      const auto& child = filter.Cast<duckdb::OptionalFilter>().child_filter;
      return child && filled_at_run_time(*child);
    }
    case TableFilterType::CONJUNCTION_AND:
      return any(filter.Cast<duckdb::ConjunctionAndFilter>().child_filters);
    case TableFilterType::CONJUNCTION_OR:
      return any(filter.Cast<duckdb::ConjunctionOrFilter>().child_filters);
    default:
      return false;
  }
}

}  // namespace

std::shared_ptr<RuntimePruning> RuntimePruning::of(const duckdb::TableFilterSet& filters,
                                                   const duckdb::vector<duckdb::column_t>& columns,
                                                   const Schema& schema) {
  auto pruning = std::make_shared<RuntimePruning>();
  for (const auto& [index, filter] : filters.filters) {
    if (index >= columns.size() || columns[index] >= schema.size() || !filled_at_run_time(*filter)) continue;
    pruning->filters_.emplace_back(columns[index], filter->Copy());  // shares what is filled in
    pruning->paths_.push_back({schema[columns[index]].name});
  }
  if (pruning->filters_.empty()) return nullptr;
  return pruning;
}

void RuntimePruning::add(std::uint64_t file_number, const FileTask& task) {
  if (!task.constants.empty() || task.merge || task.rows) return;
  DataFile known;
  known.rows = task.file.rows;
  known.partitioning_id = task.file.partitioning_id;
  known.partition_values = task.file.partition_values;
  known.statistics = task.file.statistics;
  const std::lock_guard lock(mutex_);
  known_.insert_or_assign(file_number, std::move(known));
}

bool RuntimePruning::excludes(duckdb::ClientContext& context, std::uint64_t file_number,
                              const Snapshot& snapshot) const {
  const std::lock_guard lock(mutex_);
  const auto file = known_.find(file_number);
  if (file == known_.end()) return false;
  const Partitioning& partitioning = snapshot.partitioning_of(file->second.partitioning_id);
  for (const auto& [column, filter] : filters_) {
    const Predicate predicate = to_predicate(context, *filter, snapshot.schema(), column);
    if (match_file(predicate, file->second, snapshot.schema(), partitioning) == Match::None) return true;
  }
  return false;
}

}  // namespace lakelet::engine
