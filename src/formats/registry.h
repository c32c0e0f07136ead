// The formats that lakelet knows. The only place that names them all.
#pragma once

#include "table/table_format.h"

namespace lakelet {

// In the order in which a location is tried. The first is the default for new tables.
void add_standard_formats(FormatRegistry& registry);

}  // namespace lakelet
