// Statistics that a checkpoint keeps only in columns ("stats_parsed": PROTOCOL.md, "Checkpoint Schema"), as JSON text.
#pragma once

#include <string>
#include <vector>

#include "table/tabular_io.h"

namespace lakelet::delta {

// One text for each add of the Parquet file, in their order, as `stats` would have it; empty where there are none.
// Empty altogether if the file has no such column.
std::vector<std::string> read_parsed_statistics(TabularIo& tabular, const std::string& uri);

}  // namespace lakelet::delta
