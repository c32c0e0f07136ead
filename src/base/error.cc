#include "lakelet/error.h"

#include <algorithm>

namespace lakelet {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::NotFound:
      return "NotFound";
    case ErrorCode::AlreadyExists:
      return "AlreadyExists";
    case ErrorCode::InvalidArgument:
      return "InvalidArgument";
    case ErrorCode::UnsupportedFeature:
      return "UnsupportedFeature";
    case ErrorCode::CorruptTable:
      return "CorruptTable";
    case ErrorCode::Conflict:
      return "Conflict";
    case ErrorCode::CommitUnknown:
      return "CommitUnknown";
    case ErrorCode::ConstraintViolation:
      return "ConstraintViolation";
    case ErrorCode::Permission:
      return "Permission";
    case ErrorCode::Unavailable:
      return "Unavailable";
    case ErrorCode::Exhausted:
      return "Exhausted";
    case ErrorCode::Cancelled:
      return "Cancelled";
    case ErrorCode::Internal:
      return "Internal";
  }
  return "Internal";
}

Error::Error(ErrorCode code, std::string message, std::string hint)
    : code_(code), message_(std::move(message)), hint_(std::move(hint)) {
  render();
}

Error& Error::add_context(std::string where) {
  context_.push_back(std::move(where));
  render();
  return *this;
}

Error& Error::set_hint(std::string hint) {
  hint_ = std::move(hint);
  return *this;
}

void Error::render() {
  line_ = message_;
  for (std::size_t i = 0; i < context_.size(); ++i) line_.append(i == 0 ? " (" : ", ").append(context_[i]);
  if (!context_.empty()) line_.push_back(')');
  // Text from elsewhere (the engine's messages, paths) may span lines; what() must not.
  std::replace_if(
      line_.begin(), line_.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
}

}  // namespace lakelet
