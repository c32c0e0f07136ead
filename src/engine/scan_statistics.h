// What a scan's files tell of its columns, as DuckDB's optimiser takes it. It removes filters and picks narrower types
// on the word of these, so nothing is said that isn't certain.
#pragma once

#include <duckdb.hpp>
#include <duckdb/storage/statistics/base_statistics.hpp>
#include <vector>

#include "table/snapshot.h"

namespace lakelet::engine {

using ColumnKnowledgeList = std::vector<duckdb::unique_ptr<duckdb::BaseStatistics>>;

// One for each column of the snapshot's schema over the rest of the plan's files, which has statistics; null where
// nothing is known. Bounds of integers, dates, timestamps, decimals and booleans; of the other plain types only whether
// there are nulls.
ColumnKnowledgeList scan_statistics(const Snapshot& snapshot, ScanPlan& plan);

}  // namespace lakelet::engine
