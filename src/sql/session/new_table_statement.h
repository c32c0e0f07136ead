// CREATE TABLE: where the table goes, and the rules for its rows that DuckDB's catalog can't hold.
#pragma once

#include <duckdb.hpp>
#include <memory>

#include "sql/ddl/new_rules.h"

namespace lakelet::sql {

// CREATE TABLE 'lake/t' means a table at that path, CREATE TABLE t one in the session's memory. Other statements, and
// names with a schema, are left as they are.
void route_create(duckdb::SQLStatement& statement);

// Takes the rules out of a statement that makes a table of a lake; null if there are none. Throws
// Error(UnsupportedFeature) for an identity column of another table.
std::shared_ptr<NewRules> rules_of_new_table(duckdb::ClientContext& context, duckdb::SQLStatement& statement);

}  // namespace lakelet::sql
