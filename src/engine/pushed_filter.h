// DuckDB's filters as predicates that files can be judged by. What has no equal becomes Predicate::unknown(): the
// result is never stronger than the filter.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/column_index.hpp>
#include <duckdb/planner/table_filter.hpp>

#include "table/predicate.h"

namespace lakelet::engine {

// One conjunct of a WHERE clause over the scan with this table index and these projected columns of the schema.
Predicate to_predicate(duckdb::ClientContext& context, const duckdb::Expression& filter, const Schema& schema,
                       duckdb::idx_t table_index, const duckdb::vector<duckdb::ColumnIndex>& columns);

// The same over the output of a planned scan: a reference by number means that column of the schema.
Predicate to_predicate(duckdb::ClientContext& context, const duckdb::Expression& filter, const Schema& schema,
                       const duckdb::vector<duckdb::column_t>& references);

// A table filter on one column; filters that are filled at run time (by a join) as they are now.
Predicate to_predicate(duckdb::ClientContext& context, const duckdb::TableFilter& filter, const Schema& schema,
                       duckdb::idx_t column);

}  // namespace lakelet::engine
