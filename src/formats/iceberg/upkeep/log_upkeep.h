// Fewer manifests, and no metadata files that nobody asks for, when somebody wants that.
#pragma once

#include <functional>
#include <memory>

#include "formats/iceberg/metadata/metadata_files.h"
#include "formats/iceberg/snapshot.h"
#include "table/upkeep.h"

namespace lakelet::iceberg {

// Compact: small manifests become large ones, and so do small delete files; deletes that no data file is under go. All
// in a snapshot of its own. CleanUp: metadata files go that the table's log no longer has. Throws
// Error(UnsupportedFeature) for a checkpoint, Error(InvalidArgument) for commits to compact: manifests aren't those of
// single commits.
LogPlan plan_log_task(std::shared_ptr<const IcebergSnapshot> newest, const LogRequest& request);

using NewestSnapshot = std::function<std::shared_ptr<const IcebergSnapshot>()>;

// A compaction that somebody else's commit stood in the way of is planned again on top of that, some times.
LogReport run_log_task(const LogPlan& plan, const CommitOptions& options, const NewestSnapshot& newest);

}  // namespace lakelet::iceberg
