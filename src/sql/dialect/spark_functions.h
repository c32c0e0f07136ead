// The functions of Spark SQL that are known to mean the same in DuckDB, and how they are called there.
#pragma once

#include <string>
#include <vector>

#include "sql/dialect/spark_expression.h"

namespace lakelet::sql {

// `arguments` are in DuckDB's words already. Throws Error(UnsupportedFeature) for a function that isn't in the list, or
// with arguments for which it isn't known to mean the same.
ParsedPointer spark_function(const std::string& name, std::vector<ParsedPointer> arguments, const SparkScope& scope);

}  // namespace lakelet::sql
