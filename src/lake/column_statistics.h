// What each column of some rows holds, as one query over them.
#pragma once

#include <string>
#include <vector>

#include "lakelet/schema.h"

namespace lakelet {

// One row for each of `columns`, which `query` gives by these names: "column", "type" (as the engine calls it), "rows",
// "nulls", "distinct" (approximately, never more than there are values), "least", "greatest", "mean" and "deviation"
// (of a sample; of numbers, NULL where one is too large or none), the last four as text. Nulls are counted one by one.
std::string column_statistics_text(const std::vector<Field>& columns, const std::string& query);

}  // namespace lakelet
