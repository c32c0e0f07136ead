// The row ids and commit versions that a commit gives to its files (PROTOCOL.md, "Writer Requirements for Row
// Tracking").
#pragma once

#include <cstdint>
#include <vector>

#include "formats/delta/log/table_state.h"
#include "formats/delta/write/conflict.h"

namespace lakelet::delta {

inline constexpr const char* kRowTrackingDomain = "delta.rowTracking";

// Follows one commit through its attempts. Not thread-safe.
class RowNumbers {
 public:
  // `base`: what the commit is made on; `protocol` and `metadata` as they are once it is there.
  RowNumbers(const TableState& base, const Protocol& protocol, const Metadata& metadata);

  // Whether files get numbers: the table has the feature, and it isn't suspended.
  bool assigns() const { return assigns_; }
  // A commit that came first: ids go on after the last one that it took.
  void saw(const WinningCommit& winner);
  // Gives every add that has no number yet fresh ids and the version, and adds the domain's action that says which ids
  // are taken. Throws Error(Internal) for a file whose rows aren't counted.
  void assign(std::vector<Action>& actions, Version version) const;

 private:
  bool assigns_;
  std::int64_t highest_ = -1;  // that was ever given
};

// Properties of a table whose rows are to be tracked: names for the columns of its files that keep the numbers, where
// it has none yet.
void name_row_tracking_columns(StringMap& properties);

}  // namespace lakelet::delta
