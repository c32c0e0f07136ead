// The JSON files of the log: commits, compacted commits, checkpoints.
#pragma once

#include "formats/delta/log/log_segment.h"
#include "formats/delta/protocol/action_reader.h"
#include "table/table_format.h"

namespace lakelet::delta {

// What planning may use of the memory limit for what it keeps; 0: no limit.
std::uint64_t planning_memory(const FormatContext& context);

// Gives the file's actions to the visitor. A large file is read in pieces.
// Throws as ActionReader, and Error(Exhausted) naming file and line for an
// action that doesn't fit into the memory limit.
void read_log_file(const FormatContext& context, const Location& table, const LogFile& file, ActionReader& reader,
                   ActionVisitor& visitor);

}  // namespace lakelet::delta
