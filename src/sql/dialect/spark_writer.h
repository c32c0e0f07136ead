// An expression of DuckDB's as Spark SQL that means the same: the way in for rules that are written in the engine's
// words and kept in Spark's. What it gives, spark_to_engine() takes back.
#pragma once

#include <duckdb.hpp>
#include <duckdb/parser/parsed_expression.hpp>
#include <string>

#include "sql/dialect/spark_expression.h"

namespace lakelet::sql {

// Throws Error(UnsupportedFeature) naming what has no equal, or another meaning there (casts that round, concat()).
std::string engine_to_spark_text(const duckdb::ParsedExpression& expression, const SparkScope& scope);

}  // namespace lakelet::sql
