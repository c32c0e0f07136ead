// Checkpoints, compactions and the log's clean-up, when somebody asks for them.
#pragma once

#include "formats/delta/snapshot.h"
#include "table/table_format.h"
#include "table/upkeep.h"

namespace lakelet::delta {

// Throws UnsupportedFeature for a table that can't be maintained, InvalidArgument for commits to compact that aren't
// there or can't be compacted.
LogPlan plan_log_task(std::shared_ptr<const DeltaSnapshot> newest, const LogRequest& request);
LogReport run_log_task(const LogPlan& plan, const CommitOptions& options);

}  // namespace lakelet::delta
