// What it takes to make a table what it was: the actions between two versions of it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "formats/delta/protocol/commit_info.h"
#include "formats/delta/snapshot.h"
#include "formats/delta/write/conflict.h"
#include "table/upkeep.h"

namespace lakelet::delta {

struct RestoredTable {
  Version version = -1;  // that the table becomes like
  std::vector<AddFile> adds, removes;
  std::vector<DomainMetadata> domains;
  std::int64_t files = 0, bytes = 0;  // of the table then

  bool empty() const { return adds.empty() && removes.empty() && domains.empty(); }
  void append_actions(std::vector<Action>& out, std::int64_t now_ms) const;
  SaidOperation said() const;  // in Spark's words
};

// Files are the same where path and deletion vector are. Memory: the keys of the files of both versions.
RestoredTable restore_files(const DeltaSnapshot& newest, const DeltaSnapshot& version,
                            const std::set<std::string>& missing);
// Never less than the newest has.
Protocol restored_protocol(const Protocol& newest, const Protocol& version);
// As the version had it, but for what was handed out since: ids of columns, values of identity columns. Throws
// Error(UnsupportedFeature) for a version from before columns had ids.
Metadata restored_metadata(const DeltaSnapshot& newest, const DeltaSnapshot& version);

Restoration describe(const RestoredTable& table, const Location& location);

// A restore says what the whole table is: nothing may come in between, nor a vacuum begin, but what changes nothing.
std::optional<Conflict> conflict_with_restore(const WinningCommit& winner);

}  // namespace lakelet::delta
