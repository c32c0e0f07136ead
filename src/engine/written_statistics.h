// What DuckDB's Parquet writer reports of a file's columns, as statistics of the table's.
#pragma once

#include <duckdb.hpp>
#include <duckdb/function/copy_function.hpp>
#include <map>
#include <vector>

#include "engine/file_layout.h"

namespace lakelet::engine {

// `has_nan`: for each of FileLayout::float_columns(). A bound that can't be had for sure is left out.
std::map<ColumnPath, ColumnStatistics> written_statistics(const FileLayout& layout,
                                                          const duckdb::CopyFunctionFileStatistics& written,
                                                          const std::vector<bool>& has_nan, int row_groups);

}  // namespace lakelet::engine
