// Copies of data files.
#pragma once

#include "lakelet/cancellation.h"
#include "storage/location.h"

namespace lakelet::operations {

enum class CopyOutcome { Copied, WasThere };

// Makes `to` the same as `from`, by the store itself where both are in one, else as a stream. An object that is there
// and is the same byte by byte stays. Throws NotFound, and InvalidArgument for another object in its place.
CopyOutcome copy_file(const Location& from, const Location& to, const Cancellation& cancellation);

}  // namespace lakelet::operations
