// An expression of Spark SQL as one of DuckDB's that means the same. What isn't known to is refused by name: functions
// that aren't in the list (docs/formats/delta.md has it), comparisons that Spark casts for in its own way, casts that
// round or print otherwise.
#pragma once

#include <duckdb.hpp>
#include <duckdb/parser/parsed_expression.hpp>
#include <functional>

namespace lakelet::sql {

using ParsedPointer = duckdb::unique_ptr<duckdb::ParsedExpression>;

struct SparkScope {
  // The type of an expression in DuckDB's words. Throws Error for one that doesn't bind.
  std::function<duckdb::LogicalType(const duckdb::ParsedExpression&)> type_of;
  bool constant = false;  // a default: no columns, and what gives another value each time is allowed
};

// `expression`: of spark_to_engine_text(), parsed. Throws Error(UnsupportedFeature) whose message says what has no
// equal.
ParsedPointer spark_to_engine(ParsedPointer expression, const SparkScope& scope);

}  // namespace lakelet::sql
