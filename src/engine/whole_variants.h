// Variants on their way into a Parquet file: as one group of "metadata" and "value" (parquet-format,
// VariantEncoding.md), not shredded, at any depth of structs, lists and maps.
#pragma once

#include <duckdb.hpp>
#include <duckdb/function/copy_function.hpp>

namespace lakelet::engine {

bool has_variant(const duckdb::LogicalType& type);
// The type with a struct of two BLOBs for each variant in it.
duckdb::LogicalType encoded_type(const duckdb::LogicalType& type);
// Makes `to`, of encoded_type(), of `from`. NULL becomes a NULL struct, which isn't the variant null.
void encode_variants(duckdb::ClientContext& context, duckdb::Vector& from, duckdb::Vector& to, duckdb::idx_t count);

// A file that DuckDB's COPY function writes, of VARIANT columns: takes their encoded_type() from here on, in place of
// VARIANTs, which it would shred by what it finds in the first rows, write NULL of as the variant null, and refuse
// inside of other types. Before the first rows.
void take_encoded_variants(duckdb::GlobalFunctionData& parquet_file);

}  // namespace lakelet::engine
