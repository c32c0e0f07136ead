// lakelet's types and values as DuckDB's, and back.
#pragma once

#include <duckdb.hpp>

#include "lakelet/schema.h"

namespace lakelet::engine {

// Throws Error(UnsupportedFeature) by the type's name where DuckDB has no equal.
duckdb::LogicalType to_engine_type(const Type& type);
Type from_engine_type(const duckdb::LogicalType& type);

// The value as one of to_engine_type(type). Null becomes that type's NULL.
duckdb::Value to_engine_value(const Value& value, const Type& type);
// A value of the type, or one that casts to it without loss; nullopt if it doesn't or the type is nested.
std::optional<Value> from_engine_value(const duckdb::Value& value, const Type& type);

// Names and types of a result or of a table, every column nullable.
Schema from_engine_columns(const duckdb::vector<duckdb::string>& names,
                           const duckdb::vector<duckdb::LogicalType>& types);

}  // namespace lakelet::engine
