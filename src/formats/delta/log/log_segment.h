// Which files of _delta_log make up a version: decided from names alone, after one listing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "formats/delta/log/log_names.h"
#include "storage/object_store.h"
#include "table/snapshot.h"

namespace lakelet::delta {

struct LogFile {
  Version version = 0;
  std::string path;  // within the store
  std::uint64_t size = 0;
  std::int64_t modified_us = 0;
};

struct CheckpointFiles {
  enum class Kind { Classic, MultiPart, V2Parquet, V2Json };
  Version version = -1;
  Kind kind = Kind::Classic;
  std::vector<LogFile> parts;  // all of them, in order
};

// The actions of a run of commits, reconciled into one file (PROTOCOL.md, "Log Compaction Files").
struct CompactedCommits {
  Version first = 0, last = 0;
  LogFile file;
};

// What a listing of _delta_log holds. Names that aren't ours and incomplete multi-part checkpoints are left out.
struct LogListing {
  std::vector<LogFile> commits;              // ascending
  std::vector<CheckpointFiles> checkpoints;  // ascending; several may be of one version
  std::vector<CompactedCommits> compactions = {};
  std::vector<LogFile> checksums = {};  // ascending
  bool empty() const { return commits.empty() && checkpoints.empty(); }
};

// The files to read for a version: a checkpoint (or none) and every commit after it.
struct LogSegment {
  Version version = -1;
  std::optional<CheckpointFiles> checkpoint;
  std::vector<LogFile> commits;  // checkpoint's version + 1 (or 0) .. version
  // What may be read instead of some of the commits, ascending, without overlap.
  std::vector<CompactedCommits> compactions = {};
  // The commit of `version` itself where it still exists, for its timestamp and commitInfo.
  std::optional<LogFile> last_commit;
  std::optional<LogFile> checksum = {};  // of `version`
};

LogListing classify(std::span<const ObjectInfo> objects);

// The newest version, or the one asked for, by the newest checkpoint that serves. Throws Error(NotFound) that says
// which versions exist, Error(CorruptTable) that names the missing commits of a gap. The listing isn't empty.
LogSegment choose_segment(const LogListing& listing, std::optional<Version> version, const std::string& table_uri);

// The oldest version that can be read, and the newest. nullopt: none.
std::optional<std::pair<Version, Version>> readable_versions(const LogListing& listing);

// One listing of <table>/_delta_log, from version `from` on (0: everything). Empty if there is no such folder.
LogListing list_log(const Location& table, Version from);

}  // namespace lakelet::delta
