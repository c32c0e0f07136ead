// When the versions of a table were committed.
#pragma once

#include <map>
#include <optional>

#include "formats/delta/log/log_segment.h"
#include "formats/delta/protocol/actions.h"

namespace lakelet::delta {

// Modification times of the commits in milliseconds, made strictly increasing: a copied or restored log may have them
// in any order. Index i belongs to commits[i]. Pure.
std::vector<std::int64_t> monotonic_times_ms(const std::vector<LogFile>& commits);

// The one of `segment`'s version among them, the same that history and travel by time go by; the checkpoint file's time
// where the commit is gone. 0 for a table to come.
std::int64_t commit_file_time_ms(const LogListing& listing, const LogSegment& segment);

// From which version on the commits' own timestamps count (PROTOCOL.md, "In-Commit Timestamps"); nullopt: they don't.
std::optional<Version> in_commit_timestamps_since(const Metadata& metadata);

// The commit timestamp that the commit itself gives; reads it up to its commitInfo. nullopt: it gives none.
std::optional<std::int64_t> read_in_commit_timestamp_ms(const Location& table, const LogFile& commit);

// The last version of `listing` that was committed at or before the time. nullopt: all are later. Where the log's own
// timestamps count it reads some commits (binary search).
std::optional<Version> version_at(const Location& table, const LogListing& listing, const Metadata& newest,
                                  std::int64_t time_ms);

}  // namespace lakelet::delta
