// The parts of which DuckDB's expressions for Spark's are made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/dialect/spark_expression.h"

namespace lakelet::sql::spark {

// Throws Error(UnsupportedFeature): "... isn't known to mean the same here as in Spark".
[[noreturn]] void refuse(const std::string& what);
ParsedPointer call(const std::string& name, std::vector<ParsedPointer> arguments);
ParsedPointer call(const std::string& name, ParsedPointer a);
ParsedPointer call(const std::string& name, ParsedPointer a, ParsedPointer b);
ParsedPointer cast(ParsedPointer value, const duckdb::LogicalType& type);
ParsedPointer text(const std::string& value);
ParsedPointer integer(std::int64_t value);
// What Spark calls a wall clock in UTC: a TIMESTAMP of a date or of a time with or without zone.
ParsedPointer wall_clock(ParsedPointer value, const SparkScope& scope);
// Makes the values comparable as Spark does, or refuses.
void align(std::vector<ParsedPointer*> values, const SparkScope& scope);
// The value if it is an integer (or a text) that stands in the expression.
std::optional<std::int64_t> constant_integer(const duckdb::ParsedExpression& value);
std::optional<std::string> constant_text(const duckdb::ParsedExpression& value);
std::string type_name(const duckdb::LogicalType& type);

}  // namespace lakelet::sql::spark
