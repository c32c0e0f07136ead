// Which files of the log nobody needs any more (PROTOCOL.md, "Metadata Cleanup").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/delta/log/log_segment.h"
#include "formats/delta/protocol/actions.h"
#include "table/table_format.h"

namespace lakelet::delta {

// delta.enableExpiredLogCleanup (true) and delta.logRetentionDuration (30 days): versions as old as that at `now_ms`,
// counted to the midnight before, may go. nullopt: none may.
std::optional<std::int64_t> log_cutoff_ms(const StringMap& properties, std::int64_t now_ms);

// A checkpoint from which on every version stays readable, for a cutoff in time: the newest one that is no newer than
// the newest commit up to the cutoff. Older ones follow, for where that one turns out to be damaged. Pure.
std::vector<CheckpointFiles> cutoff_checkpoints(const LogListing& listing, std::int64_t cutoff_ms);

// The paths of what lies before the checkpoint: commits first, then checksums, compactions and checkpoints, so that
// nobody replays commits that a checkpoint was to hide. Pure.
std::vector<std::string> files_before(const LogListing& listing, const CheckpointFiles& checkpoint);

// The paths, as they may be deleted one after the other, of what delta.logRetentionDuration lets go, and of sidecars of
// a day or more that no checkpoint of the log names. Every version from the chosen checkpoint on stays readable. With
// the feature checkpointProtection nothing goes unless all before delta.requireCheckpointProtectionBeforeVersion does.
// Costs one listing of the log, and of the sidecars where there are any. `protocol` and `metadata` are those of the
// newest version. `asked`: somebody wants it now, whatever delta.enableExpiredLogCleanup says.
std::vector<std::string> expired_log_files(const FormatContext& context, const Location& table,
                                           const Protocol& protocol, const Metadata& metadata, std::int64_t now_ms,
                                           bool asked);

struct CleanupResult {
  std::int64_t commits = 0, others = 0, sidecars = 0;  // files that were deleted
};

// Deletes expired_log_files().
CleanupResult clean_up_log(const FormatContext& context, const Location& table, const Protocol& protocol,
                           const Metadata& metadata, std::int64_t now_ms);

}  // namespace lakelet::delta
