// Exit codes: a contract with scripts (docs/reference).
#pragma once

#include "lakelet/error.h"

namespace lakelet::cli {

enum ExitCode : int {
  kDone = 0,
  kFailure = 1,
  kUsage = 2,
  kNotFound = 3,
  kAlreadyExists = 4,
  kUnsupported = 5,
  kCorrupt = 6,
  kConflict = 7,
  kViolation = 8,
  kInputOutput = 9,
  kInterrupted = 130,  // as a shell reports a command that Ctrl-C ended
};

ExitCode exit_code(ErrorCode code);

}  // namespace lakelet::cli
