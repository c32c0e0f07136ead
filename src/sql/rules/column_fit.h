// Whether the columns of a query, or the values of a clause, fit the columns of a table. Looked at before the statement
// is bound, so that the message speaks of the table's columns, and DuckDB's casts don't round.
#pragma once

#include <duckdb.hpp>
#include <duckdb/parser/parsed_expression.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <duckdb/planner/expression/bound_parameter_data.hpp>
#include <string>
#include <vector>

#include "lakelet/schema.h"

namespace lakelet::sql {

using ParameterValues = duckdb::case_insensitive_map_t<duckdb::BoundParameterData>;

struct SourceColumn {
  std::string name;
  duckdb::LogicalType type;
  std::vector<duckdb::Value> literals;  // empty unless all of its values stand in the text
};

// Binds the query, and no more. `nulls`: a column of nothing but NULLs keeps having no type.
std::vector<SourceColumn> bind_columns(duckdb::ClientContext& context,
                                       duckdb::unique_ptr<duckdb::SelectStatement> select,
                                       const ParameterValues& parameters, bool nulls);

// Adds a value that stands in the text; false if it is an expression.
bool add_literal(const duckdb::ParsedExpression& expression, SourceColumn& column);

// Throws Error(ConstraintViolation) naming the column, its type and what is given instead.
void check_column(const Field& field, const SourceColumn& column);

}  // namespace lakelet::sql
