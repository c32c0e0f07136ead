// Why there is no table where one was expected, in words that help.
#pragma once

#include "lakelet/error.h"
#include "table/table_format.h"

namespace lakelet {

// An Error(NotFound) that tells a missing path from a file and from a folder without a table, and names tables nearby:
// below a folder, beside a missing path, around a path within a table. A few requests to the store.
Error missing_table(const FormatRegistry& formats, const Location& location);

}  // namespace lakelet
