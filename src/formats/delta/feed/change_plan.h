// The files of a change feed, commit by commit.
#pragma once

#include <memory>

#include "formats/delta/feed/change_feed.h"

namespace lakelet::delta {

// Reads the next commit when the files of the one before are used up, and a file's deletion vectors when it is its
// turn. Throws Error(NotFound) for a version that recorded no changes, Error(UnsupportedFeature) for a protocol or
// columns that can't be read, Error(CorruptTable).
std::unique_ptr<ChangePlan> make_change_plan(std::shared_ptr<const DeltaChangeFeed> feed, const Predicate& predicate);

}  // namespace lakelet::delta
