// Which files of a snapshot a scan has to read, with the deletes that apply to them.
#pragma once

#include <memory>

#include "table/snapshot.h"

namespace lakelet::iceberg {

class IcebergSnapshot;

// Prunes manifests by what the manifest list says of their partitions, then files by partition and metrics. Manifests
// are read when their turn comes, some at a time, and forgotten once their files were given: what is in memory is a few
// manifests, and the delete files of the partitions that are read.
std::unique_ptr<ScanPlan> make_scan_plan(std::shared_ptr<const IcebergSnapshot> snapshot, const ScanRequest& request);

}  // namespace lakelet::iceberg
