// What a parsed statement says of itself: for the history's entry and for messages.
#pragma once

#include <duckdb.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/error.h"
#include "table/commit.h"

namespace lakelet::sql {

struct StatementFacts {
  std::optional<Operation> operation;    // absent: the statement changes no rows
  std::string target;                    // the changed table as it is named in the text
  std::optional<std::string> predicate;  // WHERE, or a merge's ON, as SQL text
  std::vector<MergeClause> merge_clauses;
  std::vector<std::string> key_columns;  // columns of the target in a merge's ON
  bool call{};                           // CALL, or what PREPARE or EXPLAIN has of it
};

StatementFacts facts_of(const duckdb::SQLStatement& statement);

}  // namespace lakelet::sql
