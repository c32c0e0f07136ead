// From the types of a query's result to those by which it leaves the engine (result_type of type_mapping.h).
#pragma once

#include <duckdb.hpp>

namespace lakelet::engine {

// `to` has result_type(from.GetType()). As DuckDB casts, but for variants, at any depth: they become JSON text.
void cast_to_result(duckdb::ClientContext& context, duckdb::Vector& from, duckdb::Vector& to, duckdb::idx_t count);

}  // namespace lakelet::engine
