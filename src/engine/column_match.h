// How the columns of a table are found in one data file.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/multi_file/multi_file_data.hpp>
#include <map>
#include <memory>

#include "engine/column_rules.h"
#include "table/snapshot.h"

namespace lakelet::engine {

using ColumnDefinitions = duckdb::vector<duckdb::MultiFileColumnDefinition>;

// The table's columns as DuckDB declares a scan: names and types, every one with a default.
ColumnDefinitions declare_columns(const Schema& schema);

struct MatchedColumns {
  ColumnDefinitions definitions;
  // By index into the schema: columns that DuckDB's mapping can't make. Their definition is that of the stored column.
  std::map<std::size_t, std::shared_ptr<const Conversion>> conversions;
};

// The table's columns as DuckDB has to look for them, by name, in a file that stores `file`: each with the name that it
// has there (found by Field::id or file_name(), at every depth), and a default for a file that lacks it. Only the
// columns at `wanted`, indexes into the schema, are matched; the others only hold their place. Changes the types in
// `file` to those by which it has to be read; throws as plan_conversion.
MatchedColumns match_columns(const Schema& schema, ColumnMatching matching, const ColumnDefinitions& declared,
                             StoredFile& file, const std::vector<std::size_t>& wanted);

}  // namespace lakelet::engine
