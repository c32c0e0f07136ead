// An optimiser rule: count, min and max over a lake table that its metadata answers, without opening a data file.
//
//   aggregate [grouped by partition columns] -> projections, filters on partition columns -> scan
//   becomes   a scan of rows that are known already
//
// Only if every file of the scan tells for certain what is asked of it; otherwise the plan stays as it is.
#pragma once

#include <duckdb.hpp>

namespace lakelet::sql {

// Registers the rule in the engine's database, once, however many sessions ask for it. DuckDB's setting
// disabled_optimizers = 'extension' turns it off.
void register_metadata_aggregates(duckdb::ClientContext& context);

}  // namespace lakelet::sql
