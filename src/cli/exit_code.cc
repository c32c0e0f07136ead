#include "cli/exit_code.h"

namespace lakelet::cli {

ExitCode exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return kUsage;
    case ErrorCode::NotFound:
      return kNotFound;
    case ErrorCode::AlreadyExists:
      return kAlreadyExists;
    case ErrorCode::UnsupportedFeature:
      return kUnsupported;
    case ErrorCode::CorruptTable:
      return kCorrupt;
    case ErrorCode::Conflict:
      return kConflict;
    case ErrorCode::ConstraintViolation:
      return kViolation;
    case ErrorCode::Permission:
    case ErrorCode::Unavailable:
    case ErrorCode::Exhausted:
      return kInputOutput;
    case ErrorCode::Cancelled:
      return kInterrupted;
    case ErrorCode::CommitUnknown:  // not a conflict: trying again may do it twice
    case ErrorCode::Internal:
      return kFailure;
  }
  return kFailure;
}

}  // namespace lakelet::cli
