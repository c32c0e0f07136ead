// Whether the rows of an INSERT fit the table: names, types, what may be NULL. Looked at before the statement is bound,
// so that the message speaks of the table's columns, and so that the table's schema can follow the rows.
#pragma once

#include <duckdb.hpp>
#include <duckdb/parser/statement/insert_statement.hpp>

#include "sql/rules/column_fit.h"
#include "sql/session/connection_state.h"

namespace lakelet::sql {

// Runs in the statement's transaction. Does nothing for a table that isn't a lake table. By WriteOptions it makes the
// table, adds the rows' new columns or takes over their schema. Throws Error(ConstraintViolation) naming the column.
void fit_insert(duckdb::ClientContext& context, duckdb::InsertStatement& insert, const ParameterValues& parameters);

}  // namespace lakelet::sql
