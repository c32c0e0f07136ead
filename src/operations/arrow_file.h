// Arrow IPC files (and streams kept in files) as Arrow streams.
#pragma once

#include <string>

#include "lakelet/arrow.h"

namespace lakelet::operations {

// Reads batch by batch from the local disk; "/dev/stdin" works. `shown` is the path for messages. Throws NotFound,
// InvalidArgument (not Arrow IPC).
OwnedArrowStream open_arrow_file(const std::string& path, const std::string& shown);

}  // namespace lakelet::operations
