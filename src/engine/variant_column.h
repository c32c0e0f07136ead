// Variants as Parquet stores them (parquet-format, VariantShredding.md) as DuckDB's VARIANT.
#pragma once

#include <duckdb.hpp>

namespace lakelet::engine {

// Whether a struct of this type can hold a variant: "metadata", and "value", "typed_value" or both, bytes but for the
// typed value.
bool holds_variant(const duckdb::LogicalType& type);

// The first `count` rows of `stored`, a struct for which holds_variant(), as VARIANT. A row whose struct or metadata is
// NULL is NULL. Throws Error(CorruptTable) for what is no variant.
void read_variants(duckdb::Vector& stored, duckdb::Vector& result, duckdb::idx_t count);

}  // namespace lakelet::engine
