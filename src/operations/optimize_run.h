// Doing what plan_optimize() found worth doing.
#pragma once

#include <functional>

#include "operations/optimize.h"
#include "sql/rewrite/file_rewriter.h"

namespace lakelet::operations {

// Writes files again and commits them, once or as often as the options say, and plans anew as long as something is
// left: what another writer changed meanwhile, files that several groups left over. A group of which another writer
// took a file is lost alone; appends are no hindrance. Throws Conflict where that goes on for too long, or where
// if_version was violated; Cancelled; CommitUnknown. What was committed stays whatever is thrown.
OptimizeReport run_optimize(FormatTable& table, const OptimizeOptions& options, const CommitOptions& commit,
                            const Workspace& workspace, sql::FileRewriter& rewriter);

}  // namespace lakelet::operations
