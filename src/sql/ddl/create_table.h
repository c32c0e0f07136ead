// CREATE TABLE 'path' (...) [PARTITIONED BY (...)] [CLUSTER BY (...)] [WITH (format = '...', property = '...')] as a
// NewTable.
#pragma once

#include <duckdb.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>

#include "sql/sql_session.h"

namespace lakelet::sql {

// Throws Error(UnsupportedFeature) by name for what no lake table has here (keys, checks, defaults, generated columns,
// partition expressions, sort keys), Error(InvalidArgument) for an option that isn't a constant.
NewTable new_table_of(duckdb::CreateTableInfo& info);

// Whether a table name without a catalog is meant as a path: "lake/t", "./t", "s3://b/t".
bool looks_like_path(const std::string& name);

}  // namespace lakelet::sql
