// Removes a table with all of its files.
#pragma once

#include "storage/location.h"

namespace lakelet::iceberg {

// Metadata first, the newest file of it last among them: who reads meanwhile finds the table, or none. Throws
// Error(InvalidArgument), and removes nothing, if something that isn't the table's is in its folder, and names it.
void drop_table(const Location& location);

}  // namespace lakelet::iceberg
