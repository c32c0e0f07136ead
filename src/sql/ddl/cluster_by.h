// "CLUSTER BY (a, b.c)", of CREATE TABLE and ALTER TABLE: the columns by whose values a table wants its rows placed, as
// the property kClusterBy.
#pragma once

#include <duckdb.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/alteration.h"

namespace lakelet::sql {

// The columns as the property's value.
std::string clustering_list(const std::vector<ColumnPath>& columns);

// CREATE TABLE ... CLUSTER BY (...), which DuckDB's parser doesn't take, put otherwise; everything else as it is.
std::string rewrite_cluster_by(const std::string& text);
// What such a statement asked for; nullopt: nothing. Throws Error(InvalidArgument) for what isn't a column.
std::optional<std::string> clustering_of(const duckdb::CreateTableInfo& info);

}  // namespace lakelet::sql
