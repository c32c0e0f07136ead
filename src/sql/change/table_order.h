// New rows in the order that their table wants them in.
#pragma once

#include <duckdb.hpp>
#include <duckdb/execution/physical_plan_generator.hpp>

#include "sql/catalog/paths_table.h"

namespace lakelet::sql {

// The plan, whose rows have the table's columns, with a sort on top of it; the plan itself where the table has no
// order, or one by something that can't be computed here (buckets, parts of nested columns), or where the rows come in
// an order of their own. Spills.
duckdb::PhysicalOperator& in_table_order(duckdb::ClientContext& context, duckdb::PhysicalPlanGenerator& planner,
                                         const PathsTable& table, duckdb::PhysicalOperator& plan);

}  // namespace lakelet::sql
