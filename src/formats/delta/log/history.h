// The history of a table: what its commits say of themselves.
#pragma once

#include <functional>

#include "formats/delta/log/log_segment.h"
#include "table/table_format.h"

namespace lakelet::delta {

// Newest first, reading one commit at a time, until visit returns false. Versions whose commit was cleaned up are left
// out. Throws Error(CorruptTable) naming file and line.
void read_history(const Location& table, const LogListing& listing,
                  const std::function<bool(const HistoryEntry&)>& visit);

}  // namespace lakelet::delta
