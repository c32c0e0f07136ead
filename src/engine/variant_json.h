// Variants as JSON text, as Spark writes it: the form in which they leave the engine.
#pragma once

#include <duckdb.hpp>

namespace lakelet::engine {

// The first `count` rows of a VARIANT vector as VARCHAR. Dates, times, UUIDs and binary (Base64) are JSON strings, so
// are numbers that aren't finite; instants are in UTC: "2024-01-31 12:00:00.5+00:00". The variant null is null, NULL is
// NULL.
void write_variants_as_json(duckdb::Vector& variants, duckdb::Vector& result, duckdb::idx_t count);

}  // namespace lakelet::engine
