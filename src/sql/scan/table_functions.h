// lake_scan and <format>_scan, lake_history, lake_files, lake_metadata and lake_partitions.
#pragma once

#include <duckdb.hpp>

#include "table/table_format.h"

namespace lakelet::sql {

// Registers them in the engine's database, once, however many sessions ask for it. The scans' names come from the
// registry: a format "x" has x_scan, which takes tables of that format only.
void register_scan_functions(duckdb::DatabaseInstance& database, const FormatRegistry& formats);
void register_metadata_functions(duckdb::DatabaseInstance& database);

}  // namespace lakelet::sql
