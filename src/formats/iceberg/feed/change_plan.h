// The files whose rows a snapshot changed.
#pragma once

#include <memory>

#include "formats/iceberg/feed/change_feed.h"

namespace lakelet::iceberg {

// Reads the manifests that two snapshots don't share, and where their delete files differ, those of the data files that
// these may apply to. In memory are the files of one step.
std::unique_ptr<ChangePlan> make_change_plan(std::shared_ptr<const IcebergChangeFeed> feed, const Predicate& predicate);

}  // namespace lakelet::iceberg
