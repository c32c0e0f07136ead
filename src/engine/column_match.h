// How the columns of a table are found in one data file.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/multi_file/multi_file_data.hpp>

#include "table/snapshot.h"

namespace lakelet::engine {

using ColumnDefinitions = duckdb::vector<duckdb::MultiFileColumnDefinition>;

// The table's columns as DuckDB declares a scan: names and types, every one with a default.
ColumnDefinitions declare_columns(const Schema& schema);

// The table's columns as DuckDB has to look for them, by name, in a file with the columns `local`: each with the name
// that it has there (found by Field::id or file_name(), at every depth), and a default for a file that lacks it. Only
// the columns named by `wanted` are matched; the others only hold their place.
ColumnDefinitions match_columns(const Schema& schema, ColumnMatching matching, const ColumnDefinitions& declared,
                                const ColumnDefinitions& local, const duckdb::vector<duckdb::ColumnIndex>& wanted);

}  // namespace lakelet::engine
