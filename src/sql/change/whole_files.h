// A DELETE whose condition partition values alone decide takes whole files, and opens none of them.
#pragma once

#include <duckdb.hpp>
#include <optional>
#include <vector>

#include "sql/catalog/paths_table.h"
#include "table/snapshot.h"

namespace lakelet::sql {

// The files that go, if `plan` is a scan of the table under conditions that name partition columns only (or none at
// all) and hold for all rows or for none of every file; nullopt: the rows have to be looked at.
std::optional<std::vector<FileTask>> files_that_go(duckdb::ClientContext& context, duckdb::PhysicalOperator& plan,
                                                   const PathsTable& table);

}  // namespace lakelet::sql
