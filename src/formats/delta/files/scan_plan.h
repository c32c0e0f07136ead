// Which files of a snapshot a scan has to read.
#pragma once

#include <memory>

#include "formats/delta/snapshot.h"

namespace lakelet::delta {

// Prunes by partition values first, each combination of them once, then by statistics, parsed only for the columns that
// the predicate names and only for the files that are left. Reads a file's deletion vector when the file is its turn.
std::unique_ptr<ScanPlan> make_scan_plan(std::shared_ptr<const DeltaSnapshot> snapshot, const ScanRequest& request);

}  // namespace lakelet::delta
