// What a file's rows say of its columns, from the rows themselves.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "sql/sql_session.h"
#include "table/snapshot.h"

namespace lakelet::operations {

struct MeasuredFile {
  std::int64_t rows = 0;  // that are left
  std::map<ColumnPath, ColumnStatistics> statistics;
};

// The columns below structs, outside of partitions, that have an order or can be counted.
std::vector<ColumnPath> measurable_columns(const Snapshot& snapshot);

// Reads the columns of one file that a plan of the snapshot gave, but for rows that were deleted. Nothing that is known
// of the file is believed. Of floats, NaNs are left out of the bounds and told. Throws what reading throws.
MeasuredFile measure_file(const Snapshot& snapshot, const FileTask& task, const std::vector<ColumnPath>& columns,
                          sql::SqlSession& session);

}  // namespace lakelet::operations
