// Reads the files of a log segment into a table's state.
#pragma once

#include <vector>

#include "formats/delta/log/table_state.h"
#include "table/table_format.h"

namespace lakelet::delta {

// The state at segment.version: `base`, which is that of segment.checkpoint or
// empty, and then the commits. Throws Error(CorruptTable) naming file and line.
TableState read_state(const FormatContext& context, const Location& table, TableState base, const LogSegment& segment);

// The same on top of an older state of the same table: reads only
// segment.commits after base.version, which have to be all there. What it keeps
// as its segment covers both.
TableState advance_state(const FormatContext& context, const Location& table, const TableState& base,
                         const LogSegment& segment);

// The tombstones at segment.version: removed, and not added again since.
std::vector<RemoveFile> read_tombstones(const FormatContext& context, const Location& table, const LogSegment& segment);

}  // namespace lakelet::delta
