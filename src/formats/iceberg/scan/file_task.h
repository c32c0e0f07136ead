// A file of a plan as readers take it.
#pragma once

#include "formats/iceberg/manifest/manifest_reader.h"
#include "formats/iceberg/scan/removed_positions.h"
#include "table/snapshot.h"

namespace lakelet::iceberg {

class IcebergSnapshot;

// With all but statistics and what sequence numbers tell. Throws as RemovedPositions::of and to_equality.
FileTask make_file_task(const IcebergSnapshot& snapshot, int spec_id, ManifestEntry entry,
                        const ApplyingDeletes& deletes, RemovedPositions& removed);

}  // namespace lakelet::iceberg
