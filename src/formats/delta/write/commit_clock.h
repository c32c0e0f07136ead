// When a commit says that it was made (PROTOCOL.md, "In-Commit Timestamps").
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "formats/delta/snapshot.h"
#include "formats/delta/write/conflict.h"

namespace lakelet::delta {

// Follows one commit through its attempts: each gets a timestamp that is later than that of the version before it,
// whatever the machine's clock says and whoever came first. Not thread-safe.
class CommitClock {
 public:
  // `after`: the table's metadata once the commit is there.
  CommitClock(const DeltaSnapshot& base, const Metadata& after);

  // A commit that came first.
  void saw(const WinningCommit& winner);
  // For an attempt at `now_ms` to put `version`; nullopt: the table's commits have no timestamps of their own.
  std::optional<std::int64_t> next(std::int64_t now_ms) const;
  // Whether the metadata of the commit tells of it, and so has to be written anew for each attempt.
  bool marks() const { return marks_; }
  // Puts into the commit's metadata since when the commits have timestamps: where they get them with this commit, and
  // didn't before.
  void mark(std::vector<Action>& actions, Version version, std::int64_t time_ms) const;

 private:
  bool on_, marks_;
  std::int64_t previous_ms_ = -1;  // -1: there is no version before
};

// For metadata whose properties were set anew: what mark() wrote into `before` stays as long as commits have timestamps
// of their own, and goes with them.
void keep_marks(const StringMap& before, Metadata& metadata);

}  // namespace lakelet::delta
