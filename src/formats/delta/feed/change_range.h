// The versions that a range of the change feed means.
#pragma once

#include <optional>
#include <utility>

#include "formats/delta/snapshot.h"
#include "table/change_feed.h"

namespace lakelet::delta {

// First and last version, both in; nullopt if there is nothing between two times. An end after `newest` is the newest
// version, as in Spark. Throws Error(NotFound) for a beginning after it and for versions whose commits are gone, saying
// which are left; Error(InvalidArgument) for an end before the beginning.
std::optional<std::pair<Version, Version>> resolve_range(const DeltaSnapshot& newest, const LogListing& listing,
                                                         const ChangeRange& range);

}  // namespace lakelet::delta
