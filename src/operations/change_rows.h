// Rows that go, and rows that change.
#pragma once

#include "operations/plan.h"

namespace lakelet::operations {

// Rows for which `where` is true; an empty one is true for every row. Throws InvalidArgument for text that isn't one
// expression.
Plan plan_delete(const std::string& table_uri, const std::string& where, const WriteOptions& options);

// `schema` is the table's: columns are looked up in it. Throws InvalidArgument for a column that isn't there or is
// named twice.
Plan plan_update(const std::string& table_uri, const Schema& schema, const Assignments& set, const std::string& where,
                 const WriteOptions& options);

// `"a" = (1), "b" = (x)`, each expression checked. `what` names the list in messages: "update".
std::string assignment_list(const Assignments& set, const Schema& schema, const std::string& what);

}  // namespace lakelet::operations
