// Rows that are made of a table and aren't those of one of its versions: what changed, and rows with their ids.
#pragma once

#include <duckdb.hpp>
#include <duckdb/parser/tableref.hpp>
#include <string>

#include "table/change_feed.h"

namespace lakelet::sql {

// A reference to the changes of the table at the path or URI, as far as this version of it, as the transaction sees it.
// Throws as FormatTable::changes.
duckdb::unique_ptr<duckdb::TableRef> changes_reference(duckdb::ClientContext& context, const std::string& uri,
                                                       const ChangeRange& range, const VersionSelector& version);

// A reference to the table's rows with the columns that Snapshot::row_tracking() names behind its own. Throws as
// track_rows().
duckdb::unique_ptr<duckdb::TableRef> tracked_reference(duckdb::ClientContext& context, const std::string& uri,
                                                       const VersionSelector& selector);

// lake_changes(uri, from [, to]).
void register_change_function(duckdb::DatabaseInstance& database);

}  // namespace lakelet::sql
