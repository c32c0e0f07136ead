// Which statements a session takes whose SQL comes from others.
#pragma once

#include <duckdb.hpp>

namespace lakelet::sql {

struct StatementLimits {
  bool confined = false;   // no file but through the stores, no database, extension or setting
  bool read_only = false;  // nothing that changes a table or writes a file
};

// Throws Error(Permission), naming the statement. A statement within another (EXPLAIN ANALYZE DELETE, PREPARE) counts;
// what an EXECUTE stands for was looked at when it was prepared.
void require_allowed(const duckdb::SQLStatement& statement, const StatementLimits& limits);

}  // namespace lakelet::sql
