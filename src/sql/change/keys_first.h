// An optimiser rule: a MERGE that assigns some columns, and changes few rows of many, doesn't read the others with the
// keys. They are read of the rows that change once these are known (assigned_rows.h).
#pragma once

#include <duckdb.hpp>

namespace lakelet::sql {

// Registers the rule in the engine's database, once, however many sessions ask for it. DuckDB's setting
// disabled_optimizers = 'extension' turns it off.
void register_keys_first(duckdb::ClientContext& context);

}  // namespace lakelet::sql
