// Whether a commit that came first stands in the way of ours. A pure function of what we read and change, and of its
// actions; the rules are the protocol's and those of Spark's Serializable and WriteSerializable levels.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "formats/delta/protocol/actions.h"
#include "table/commit.h"

namespace lakelet::delta {

enum class Isolation {
  Serializable,       // the default: the result is as if the commits had been made one after the other
  WriteSerializable,  // rows that a blind append adds in between may stay unseen
};

// The property delta.isolationLevel; anything unknown is Serializable.
Isolation isolation_level(const StringMap& properties);

// What our commit depends on and does. Paths are canonical (canonical_path()).
struct OwnChanges {
  Isolation isolation = Isolation::Serializable;
  std::set<std::string> files_read;
  std::set<std::string> files_removed;
  std::set<std::string> applications;  // of our txn actions
  std::set<std::string> domains;       // of our domainMetadata actions
  bool changes_metadata = false;
  // Whether we should have seen rows of this file, had it been there: the predicates of what was read. Empty: we read
  // nothing.
  std::function<bool(const AddFile&)> would_have_read;
};

struct WinningCommit {
  Version version = 0;
  std::vector<Action> actions;
  std::int64_t modified_ms = 0;  // of its file
};

// nullopt: ours can be put on top as it is. Files that only moved (dataChange false) are no news to a reader, but a
// file that the winner removed can't be removed again.
std::optional<Conflict> find_conflict(const OwnChanges& ours, const WinningCommit& winner);

}  // namespace lakelet::delta
