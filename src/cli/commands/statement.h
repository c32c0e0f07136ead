// One text of SQL, run, and what came of it shown.
#pragma once

#include <string>

#include "cli/invocation.h"

namespace lakelet::cli {

// Rows, or how many were changed.
void run_statement(Invocation& invocation, const std::string& text, const SqlParameters& parameters);

}  // namespace lakelet::cli
