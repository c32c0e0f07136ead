// Version checksums (PROTOCOL.md, "Version Checksum File"): what a version is, told beside its commit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "formats/delta/snapshot.h"

namespace lakelet::delta {

// Sums over the live files of a version.
struct FileTotals {
  std::int64_t files = 0, bytes = 0;
};

// Without reading a checkpoint: from the commits, or else from the version's own checksum (one request). nullopt: it
// isn't known that cheaply, or the checksum contradicts the log.
std::optional<FileTotals> known_totals(const DeltaSnapshot& snapshot);

// What the actions of one commit make of the totals of the version before. nullopt where an action doesn't say.
std::optional<FileTotals> totals_after(FileTotals before, const std::vector<Action>& actions);

struct VersionFacts {
  Version version = 0;
  const Protocol& protocol;
  const Metadata& metadata;
  FileTotals totals;
  std::optional<std::int64_t> in_commit_timestamp_ms = {};
  std::string txn_id = {};  // empty: unknown
};

// Writes <version>.crc, unless there is one.
void write_checksum(const Location& table, const VersionFacts& facts);

}  // namespace lakelet::delta
