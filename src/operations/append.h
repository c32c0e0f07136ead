// New rows for a table: after those that it has, or in their place.
#pragma once

#include "operations/plan.h"

namespace lakelet::operations {

// Adds the rows of the source. With `create`, a table that isn't there is made with them, in the same commit.
Plan plan_append(const std::string& table_uri, const Relation& source, const WriteOptions& options,
                 std::optional<sql::NewTable> create = {});

// Puts them in the place of every row, or of those for which `where` holds (then all of the source's must satisfy it).
Plan plan_overwrite(const std::string& table_uri, const Relation& source, const std::string& where,
                    const WriteOptions& options, std::optional<sql::NewTable> create = {});

}  // namespace lakelet::operations
