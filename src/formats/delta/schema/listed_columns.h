// Properties that list columns by name: "a, b.c, `odd,name`" (delta.dataSkippingStatsColumns). Pure.
#pragma once

#include <string>
#include <vector>

#include "lakelet/alteration.h"
#include "lakelet/schema.h"

namespace lakelet::delta {

// The list as it has to be once the table's columns are `after`: with new names of those that were renamed, without
// those that are gone. What names no column stays as it is, and so does the text where nothing changed.
std::string follow_columns(const std::string& list, const Schema& before, const Schema& after);

// The paths that it names, with dots between the names of structs' fields.
std::vector<ColumnPath> listed_paths(const std::string& list);

}  // namespace lakelet::delta
