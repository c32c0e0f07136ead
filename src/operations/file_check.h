// Whether what a table says of a data file is so. Pure functions.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lakelet/health.h"
#include "operations/file_measure.h"
#include "table/snapshot.h"
#include "table/tabular_io.h"

namespace lakelet::operations {

// By its footer: the number of rows, null counts, and bounds, where a footer's are exact. Of a file with deleted rows
// only the number of rows: what the table says may be of the others.
std::vector<Finding> check_footer(const Snapshot& snapshot, const FileTask& task, const ParquetFooter& footer);

// By its rows: counts and bounds that would make a reader pass over rows that are there.
std::vector<Finding> check_rows(const Snapshot& snapshot, const FileTask& task, const MeasuredFile& measured);

// Whether a footer's columns are found by `path` of the table: the path by the file's own names; nullopt if not.
std::optional<ColumnPath> stored_path(const Snapshot& snapshot, const Schema& file, const ColumnPath& path);

}  // namespace lakelet::operations
