// The one exception type of lakelet. Each code answers "what can the caller do?"; nothing branches on text.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace lakelet {

enum class ErrorCode {
  NotFound,             // a table, version, file or column that isn't there
  AlreadyExists,        // a create that would replace something
  InvalidArgument,      // the call itself is wrong: predicate, option, schema text
  UnsupportedFeature,   // the table needs something that lakelet doesn't do; nothing was touched
  CorruptTable,         // the table's own files contradict the format's specification
  Conflict,             // another writer won and the change can't be put on top of its work
  CommitUnknown,        // the commit may or may not have happened: look, never clean up
  ConstraintViolation,  // the data doesn't fit the table's schema or constraints
  Permission,           // the store refused: read-only folder, credentials
  Unavailable,          // a store or server didn't answer; trying again may help
  Exhausted,            // memory limit, disk space, a quota
  Cancelled,            // the caller asked to stop
  Internal,             // a bug in lakelet
};

// The name of a code as it is written above, for example "NotFound".
std::string_view to_string(ErrorCode code);

// Thrown by every public function. what() is one line: the message, then the context from the inside out in
// parentheses. The hint, when there is one, is a sentence that says what to do or type next.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message, std::string hint = {});

  ErrorCode code() const noexcept { return code_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& hint() const noexcept { return hint_; }
  // Where it happened ("file _delta_log/00.json", "line 3"), innermost first. Added on the way up.
  const std::vector<std::string>& context() const noexcept { return context_; }

  Error& add_context(std::string where);
  Error& set_hint(std::string hint);

  const char* what() const noexcept override { return line_.c_str(); }

 private:
  void render();

  ErrorCode code_;
  std::string message_;
  std::string hint_;
  std::vector<std::string> context_;
  std::string line_;
};

}  // namespace lakelet
