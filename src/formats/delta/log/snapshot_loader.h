// From a table's log to a snapshot.
#pragma once

#include <memory>
#include <optional>

#include "formats/delta/snapshot.h"

namespace lakelet::delta {

// The newest version: by way of _last_checkpoint, if it tells the truth. Throws Error(NotFound) if there is no log,
// Error(CorruptTable), Error(UnsupportedFeature).
std::shared_ptr<const DeltaSnapshot> load_latest(const FormatContext& context, const Location& table);

// A version that the listing of the whole log has. Throws as choose_segment too. Where a checkpoint is damaged, an
// older one or the commits serve; only if there is no such way is the damage an error.
std::shared_ptr<const DeltaSnapshot> load_version(const FormatContext& context, const Location& table,
                                                  const LogListing& listing, std::optional<Version> version);

// The newest version on top of one that is known already: one listing, and only new commits are read. The same snapshot
// if there are none. For the writing half too, after a lost race.
std::shared_ptr<const DeltaSnapshot> refresh(const FormatContext& context,
                                             const std::shared_ptr<const DeltaSnapshot>& known);

// The listing of the whole log. Throws Error(NotFound) if there is none.
LogListing list_whole_log(const Location& table);

}  // namespace lakelet::delta
