// A result looked at again: filtered, in another order.
#pragma once

#include <functional>

#include "server/query_kinds.h"

namespace lakelet::server {

// The rows of a result, from the first on; perhaps more than once. They end when the control is cancelled.
using ResultRows = std::function<Rows(const QueryControl&)>;

// "where": a condition in SQL over the result's columns; "sort": names of columns, with "-" before one the greatest
// first. Reads only. Throws Error(InvalidArgument).
QueryPlan plan_result(Workspace& workspace, ResultRows rows, const RequestBody& body);

}  // namespace lakelet::server
