// Whether snapshots that came first stand in the way of ours (spec.md, "Commit Conflict Resolution and Retry"; the
// conditions are those of the reference implementation).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "formats/iceberg/snapshot.h"
#include "formats/iceberg/write/file_changes.h"
#include "table/commit.h"

namespace lakelet::iceberg {

enum class Isolation {
  Serializable,  // the default: rows that somebody adds meanwhile count
  Snapshot,      // they may stay unseen
};

// By write.delete.isolation-level and its like. Throws Error(InvalidArgument) for another level.
Isolation isolation_of(const Properties& properties, Operation operation);

// What our commit depends on and does.
struct OwnChanges {
  Isolation isolation = Isolation::Serializable;
  bool replaces = false;  // rows stay what they are: compaction
  std::vector<Predicate> reads;
  std::map<std::string, PlacedFile> touched;  // data files that go, and those that lose rows; by path
  std::map<std::string, PlacedFile> read;     // data files that were read
  std::set<std::string> applications;
};

// nullopt: ours can be put on top of `head`, which came after `base` on the same branch. Reads the manifests that the
// snapshots between them added. A winner's version is its snapshot.
std::optional<Conflict> find_conflict(const OwnChanges& ours, const IcebergSnapshot& base, const IcebergSnapshot& head);

}  // namespace lakelet::iceberg
