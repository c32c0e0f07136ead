// Rows as an Arrow IPC file.
#pragma once

#include <cstdint>

#include "lakelet/rows.h"
#include "storage/location.h"

namespace lakelet::operations {

// Batch by batch; nothing is at the location before all of it is. Returns its size in bytes. Throws what the rows
// throw, and the store's errors.
std::uint64_t write_arrow_file(Rows rows, const Location& location);

}  // namespace lakelet::operations
