// ALTER TABLE in the forms that change no column and no row: partition fields, sort order, branches and tags.
#pragma once

#include <duckdb.hpp>

#include "lakelet/layout_change.h"
#include "sql/catalog/paths_table.h"

namespace lakelet::sql {

// alter_table.cc: in the transaction of the context. Throws Error(UnsupportedFeature) where the table's format hasn't
// the notion, and what table/table_layout_change.h's apply() throws.
void change_layout(duckdb::ClientContext& context, PathsTable& table, const LayoutChange& change);

}  // namespace lakelet::sql
