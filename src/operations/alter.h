// Changes of what a table is.
#pragma once

#include <string>
#include <vector>

#include "operations/plan.h"

namespace lakelet::operations {

// In this order, as one commit. Throws InvalidArgument if there are none.
Plan plan_alter(const std::string& table_uri, const std::vector<Alteration>& changes, const WriteOptions& options);

}  // namespace lakelet::operations
