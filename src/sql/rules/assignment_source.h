// Whether what an UPDATE or a MERGE assigns fits the columns: what an INSERT may put into a column, and anything that
// prints into text. DuckDB's binder would round 1.5 on its way into an integer.
#pragma once

#include <duckdb.hpp>
#include <duckdb/parser/statement/merge_into_statement.hpp>
#include <duckdb/parser/statement/update_statement.hpp>

#include "sql/rules/column_fit.h"

namespace lakelet::sql {

// Both run in the statement's transaction, and do nothing for a table that isn't a lake table and for what doesn't
// bind: DuckDB says why. Throw Error(ConstraintViolation) naming the column.
void fit_update(duckdb::ClientContext& context, const duckdb::UpdateStatement& update,
                const ParameterValues& parameters);
void fit_merge(duckdb::ClientContext& context, const duckdb::MergeIntoStatement& merge,
               const ParameterValues& parameters);

}  // namespace lakelet::sql
