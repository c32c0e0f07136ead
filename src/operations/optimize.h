// Optimize: which files of a table are written again, and how. Nothing is read but the table's metadata.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lakelet/layout_change.h"
#include "lakelet/optimize.h"
#include "operations/optimize_choice.h"
#include "operations/relation.h"
#include "sql/rewrite/rewrite_step.h"
#include "table/table_format.h"

namespace lakelet::operations {

struct PlannedOptimize {
  std::shared_ptr<const Snapshot> base;
  std::vector<FileTask> files;  // that were considered
  std::vector<FileGroup> groups;
  sql::Placement placement = sql::Placement::AsTheyCome;
  std::vector<ColumnPath> columns;
  bool by_table = false;                 // the table itself says so
  std::vector<SortField> table_order{};  // that new files are sorted by, where nothing else is asked for
  std::uint64_t target_bytes = 0;

  bool empty() const { return groups.empty(); }
};

// For the newest version. Throws InvalidArgument (a predicate that isn't one condition, columns that aren't there or
// can't be ordered, more than one way to place rows, another one than the table's own), UnsupportedFeature (a table
// that can't be maintained).
PlannedOptimize plan_optimize(FormatTable& table, const OptimizeOptions& options, const Workspace& workspace);

// What is shown of it.
OptimizePlan describe(const PlannedOptimize& plan);

// "zorder", "hilbert", "sort"; empty for rows as they come.
std::string placement_name(sql::Placement placement);
// Dotted.
std::vector<std::string> column_names(const std::vector<ColumnPath>& columns);

}  // namespace lakelet::operations
