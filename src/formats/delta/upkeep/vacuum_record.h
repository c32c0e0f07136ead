// VACUUM START and VACUUM END in the table's history, as Spark has them.
#pragma once

#include "formats/delta/protocol/commit_info.h"
#include "formats/delta/snapshot.h"
#include "table/upkeep.h"

namespace lakelet::delta {

SaidOperation said_of(const VacuumRecord& record);

// Commits a version that changes nothing on top of `newest`, or of what came since. Throws what the commit throws.
void commit_record(const DeltaSnapshot& newest, const VacuumRecord& record, const CommitOptions& options);

}  // namespace lakelet::delta
