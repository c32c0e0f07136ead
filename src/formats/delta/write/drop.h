// A table and its files removed for good.
#pragma once

#include <string_view>

#include "storage/location.h"

namespace lakelet::delta {

// Whether an object at this path, relative to the table's folder, is one that Delta tables are made of: the log,
// Parquet files, deletion vectors, change data, and what Spark leaves beside them. Not what belongs to a table further
// down.
bool is_of_a_table(std::string_view relative);

// The log from its oldest entry on: at every moment the table is whole for a reader or can't be read at all. Throws
// Error(InvalidArgument), before anything is removed, naming what isn't the table's.
void drop_table(const Location& location);

}  // namespace lakelet::delta
