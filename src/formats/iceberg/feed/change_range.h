// The snapshots whose changes a range means.
#pragma once

#include <vector>

#include "formats/iceberg/snapshot.h"
#include "table/change_feed.h"

namespace lakelet::iceberg {

// A snapshot and the one that it came after; null: there was none.
struct SnapshotStep {
  const SnapshotEntry* before = nullptr;
  const SnapshotEntry* after = nullptr;
};

// Those of the line that leads to `newest`, oldest first; none between two times in which nothing was committed. Both
// ends are snapshots' ids, branches, tags or times; 0 as the beginning is that of the table. Throws Error(NotFound) for
// snapshots that aren't on the line, or whose predecessor has expired; Error(InvalidArgument) for an end before the
// beginning.
std::vector<SnapshotStep> steps_of(const IcebergSnapshot& newest, const ChangeRange& range);

}  // namespace lakelet::iceberg
