// In which order a table wants its rows.
#pragma once

#include <vector>

#include "lakelet/layout_change.h"
#include "table/snapshot.h"

namespace lakelet::sql {

// None where the table has no order, or its format no notion of one.
std::vector<SortField> table_order(const Snapshot& table);

}  // namespace lakelet::sql
