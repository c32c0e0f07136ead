// VACUUM START and VACUUM END in the table's history, as Spark has them.
#pragma once

#include "formats/delta/protocol/commit_info.h"
#include "formats/delta/snapshot.h"
#include "table/upkeep.h"

namespace lakelet::delta {

SaidOperation said_of(const VacuumRecord& record);

// Commits a version that changes nothing on top of `newest`, or of what came since. Returns the time that the store
// gave it. Throws what the commit throws.
std::optional<std::int64_t> commit_record(const DeltaSnapshot& newest, const VacuumRecord& record,
                                          const CommitOptions& options);

}  // namespace lakelet::delta
