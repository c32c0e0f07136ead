// The rows that are there, before a table forbids some of them.
#pragma once

#include <duckdb.hpp>
#include <optional>
#include <string>

#include "lakelet/alteration.h"
#include "lakelet/schema.h"
#include "sql/catalog/paths_table.h"

namespace lakelet::sql {

struct RowCondition {
  std::string must_hold;  // SQL of the engine; a row for which it isn't TRUE is in the way
  std::string what;       // "the column a becomes NOT NULL"
  std::string hint = "change or delete such rows first";
};

// What an alteration asks of the rows; nullopt: nothing. Throws Error(UnsupportedFeature) for a condition that can't be
// looked at (parts of lists and maps).
std::optional<RowCondition> condition_of(const Alteration& change, const Schema& schema);
// The same, with a constraint's condition read as the table's dialect has it. Throws Error(UnsupportedFeature) for one
// that couldn't be honoured.
std::optional<RowCondition> condition_of(duckdb::ClientContext& context, const Alteration& change,
                                         const PathsTable& table);

// Throws Error(ConstraintViolation) with a row of the table that doesn't meet the condition, as the connection's
// transaction sees it. `table`: SQL.
void require_rows(duckdb::Connection& connection, const std::string& table, const RowCondition& condition);

}  // namespace lakelet::sql
