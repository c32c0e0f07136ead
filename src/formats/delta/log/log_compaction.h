// Runs of commits in one file (PROTOCOL.md, "Log Compaction Files").
#pragma once

#include <vector>

#include "formats/delta/log/log_segment.h"
#include "formats/delta/protocol/actions.h"
#include "storage/location.h"

namespace lakelet::delta {

// What is left of the actions of consecutive commits, oldest first, after action reconciliation: for the same thing the
// last action counts, and what takes something back stays, for it may be in an older commit. Without provenance and
// change files. Pure.
std::vector<Action> reconcile(const std::vector<std::vector<Action>>& commits);

// Writes <first>.<last>.compacted.json, unless it is there. `first` is below `last`. Throws Error(NotFound) if one of
// the commits isn't there. Memory: the actions of these commits.
void compact_log(const Location& table, Version first, Version last);

}  // namespace lakelet::delta
