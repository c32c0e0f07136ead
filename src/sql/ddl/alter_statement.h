// DuckDB's parsed ALTER TABLE and COMMENT ON as an Alteration.
#pragma once

#include <duckdb.hpp>
#include <duckdb/parser/parsed_data/alter_info.hpp>
#include <optional>

#include "lakelet/alteration.h"
#include "lakelet/layout_change.h"

namespace lakelet::sql {

// Throws Error(UnsupportedFeature) naming what isn't supported for lake tables (renaming a table, USING, keys,
// other partition columns), Error(InvalidArgument).
// Defaults and generated columns are in the engine's words (rules/kept_rules.h has the table's).
Alteration alteration_of(const duckdb::AlterInfo& info);

// The name that RENAME TO gives a table; nullopt: it is another change.
std::optional<std::string> new_table_name(const duckdb::AlterInfo& info);

// Of layout and names of versions; nullopt for other statements.
std::optional<LayoutChange> layout_change_of(const duckdb::AlterInfo& info);

}  // namespace lakelet::sql
