// lakelet's types and values as DuckDB's, and back.
#pragma once

#include <duckdb.hpp>
#include <optional>

#include "lakelet/schema.h"

namespace lakelet::engine {

// Throws Error(UnsupportedFeature) by the type's name where DuckDB has no equal.
duckdb::LogicalType to_engine_type(const Type& type);
Type from_engine_type(const duckdb::LogicalType& type);

// The value as one of to_engine_type(type). Null becomes that type's NULL.
duckdb::Value to_engine_value(const Value& value, const Type& type);
// A value of the type, or one that casts to it without loss; nullopt if it doesn't or the type is nested.
std::optional<Value> from_engine_value(const duckdb::Value& value, const Type& type);

// The type by which a result column of this type leaves the engine: itself, or for what lakelet has no type of
// (intervals, enums, variants ...) VARCHAR. to_arrow_stream() casts to it.
duckdb::LogicalType result_type(const duckdb::LogicalType& type);

// Names and result_type()s of a result, every column nullable.
Schema from_engine_columns(const duckdb::vector<duckdb::string>& names,
                           const duckdb::vector<duckdb::LogicalType>& types);

}  // namespace lakelet::engine
