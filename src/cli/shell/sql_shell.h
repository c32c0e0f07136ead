// SQL typed on a terminal, statement by statement.
#pragma once

#include "cli/invocation.h"

namespace lakelet::cli {

// Returns when the person leaves. A statement that fails says so, and the next may be typed; Ctrl-C cancels what runs.
void run_sql_shell(Invocation& invocation, const SqlParameters& parameters);

}  // namespace lakelet::cli
