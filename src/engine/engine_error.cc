#include "engine/engine_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lakelet::engine {

namespace {

using duckdb::ExceptionType;

// The keys under which an Error of ours travels in a DuckDB exception's extra information.
constexpr const char* kCodeKey = "lakelet_code";
constexpr const char* kMessageKey = "lakelet_message";
constexpr const char* kHintKey = "lakelet_hint";
constexpr const char* kContextKey = "lakelet_context_";  // followed by 0, 1 ...

std::string without_engine_prefix(std::string text) {
  constexpr std::string_view kPrefix = "lakelet:";
  for (std::size_t at = text.find(kPrefix); at != std::string::npos; at = text.find(kPrefix, at)) {
    const std::size_t after = at + kPrefix.size();
    const bool is_path = after < text.size() && text[after] != ' ' && text[after] != '\n';
    if (is_path) {
      text.erase(at, kPrefix.size());
    } else {
      at = after;
    }
  }
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (end > start) lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

ErrorCode code_of_errno(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::NotFound;
    case EEXIST:
      return ErrorCode::AlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::Permission;
    case ENOSPC:
    case EDQUOT:
    case ENOMEM:
    case EMFILE:
      return ErrorCode::Exhausted;
    default:
      return ErrorCode::Unavailable;
  }
}

const std::string* find(const std::unordered_map<std::string, std::string>& info, const char* key) {
  const auto entry = info.find(key);
  return entry == info.end() ? nullptr : &entry->second;
}

ErrorCode code_of_catalog(const std::unordered_map<std::string, std::string>& info) {
  const std::string* subtype = find(info, "error_subtype");
  if (subtype && *subtype == "ENTRY_ALREADY_EXISTS") return ErrorCode::AlreadyExists;
  const std::string* type = find(info, "type");
  if (subtype && *subtype == "MISSING_ENTRY" && type && (*type == "Table" || *type == "View" || *type == "Schema")) {
    return ErrorCode::NotFound;
  }
  return ErrorCode::InvalidArgument;
}

ErrorCode code_of_io(const duckdb::ErrorData& error) {
  if (const std::string* number = find(error.ExtraInfo(), "errno")) return code_of_errno(std::atoi(number->c_str()));
  // DuckDB has no code for a pattern that matches nothing.
  if (error.RawMessage().starts_with("No files found that match")) return ErrorCode::NotFound;
  return ErrorCode::Unavailable;
}

ErrorCode code_of(const duckdb::ErrorData& error) {
  switch (error.Type()) {
    case ExceptionType::OUT_OF_MEMORY:
      return ErrorCode::Exhausted;
    case ExceptionType::INTERRUPT:
      return ErrorCode::Cancelled;
    case ExceptionType::CATALOG:
      return code_of_catalog(error.ExtraInfo());
    case ExceptionType::CONSTRAINT:
    case ExceptionType::CONVERSION:
    case ExceptionType::OUT_OF_RANGE:
    case ExceptionType::SEQUENCE:
      return ErrorCode::ConstraintViolation;
    case ExceptionType::IO:
      return code_of_io(error);
    case ExceptionType::INVALID_INPUT:
      // DuckDB has no code for a JSON value that doesn't fit its column, as it has for one of a CSV file.
      return error.RawMessage().starts_with("JSON transform error") ? ErrorCode::ConstraintViolation
                                                                    : ErrorCode::InvalidArgument;
    case ExceptionType::HTTP:
    case ExceptionType::CONNECTION:
      return ErrorCode::Unavailable;
    case ExceptionType::PERMISSION:
      return ErrorCode::Permission;
    case ExceptionType::NOT_IMPLEMENTED:
    case ExceptionType::MISSING_EXTENSION:
    case ExceptionType::AUTOLOAD:
      return ErrorCode::UnsupportedFeature;
    case ExceptionType::INTERNAL:
    case ExceptionType::FATAL:
    case ExceptionType::INVALID:
    case ExceptionType::NULL_POINTER:
    case ExceptionType::SCHEDULER:
      return ErrorCode::Internal;
    default:
      return ErrorCode::InvalidArgument;
  }
}

std::string hint_of(ErrorCode code, ExceptionType type) {
  if (type == ExceptionType::OUT_OF_MEMORY) {
    return "give it more memory with --memory-limit, or a temporary folder with more space to spill to";
  }
  if (code == ErrorCode::Internal) return "this is a bug: please report it with the statement that caused it";
  return {};
}

bool names_secrets(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  constexpr std::array kWords = {"ATTACH", "TOKEN", "CREDENTIAL", "SECRET", "PASSWORD", "KEY"};
  return std::any_of(kWords.begin(), kWords.end(), [&](const char* word) { return text.find(word) != text.npos; });
}

// A line of a statement without what it quotes, where that may be secrets.
std::string without_secrets(const std::string& line) {
  // A line that was cut may begin inside of a text, whose option isn't seen.
  const bool begins_quoted = line.starts_with("...") && std::count(line.begin(), line.end(), '\'') % 2 == 1;
  if (!begins_quoted && !names_secrets(line)) return line;
  const bool all = names_secrets(line);
  std::string result = begins_quoted ? "..." : "";
  bool quoted = begins_quoted, shown = !begins_quoted;
  for (const char c : line) {
    if (c == '\'') {
      quoted = !quoted;
      shown = !quoted || !all;
      result += quoted && all ? "'..." : "'";
    } else if (shown) {
      result += c;
    }
  }
  return result;
}

// "LINE 1: selec 1" and the line with the caret below it, as "line 1, column 1: selec 1".
std::string position_of(const std::string& line, const std::string& caret) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string::npos) return line;
  const std::string text = line.substr(colon + 2);
  const std::size_t at = caret.find('^');
  const bool whole = !text.starts_with("...");
  const std::string column =
      whole && at != std::string::npos && at >= colon + 2 ? fmt::format(", column {}", at - colon - 1) : "";
  return fmt::format("line {}{}: {}", line.substr(5, colon - 5), column, without_secrets(text));
}

std::string join_hint(const std::string& hint, const std::string& line) {
  return hint.empty() ? line : hint + "; " + line;
}

std::string without_indent(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  return begin == std::string::npos ? "" : line.substr(begin);
}

// The line, and what it announces, which stands indented below it.
std::string with_candidates(const std::vector<std::string>& lines, std::size_t at) {
  constexpr std::size_t kMost = 16;
  std::vector<std::string> found;
  for (std::size_t i = at + 1; i < lines.size() && without_indent(lines[i]) != lines[i]; ++i) {
    if (std::string line = without_indent(lines[i]); !line.empty()) found.push_back(std::move(line));
  }
  const std::string heading = without_indent(lines[at]);
  if (found.empty()) return heading;
  std::sort(found.begin(), found.end());
  const std::size_t more = found.size() > kMost ? found.size() - kMost : 0;
  found.resize(found.size() - more);
  return fmt::format("{} {}{}", heading, fmt::join(found, ", "), more ? fmt::format(" and {} more", more) : "");
}

Error carried(const std::unordered_map<std::string, std::string>& info, const std::string& code) {
  const std::string* message = find(info, kMessageKey);
  const std::string* hint = find(info, kHintKey);
  Error error(static_cast<ErrorCode>(std::atoi(code.c_str())), message ? *message : "", hint ? *hint : "");
  for (int i = 0;; ++i) {
    const std::string* context = find(info, (kContextKey + std::to_string(i)).c_str());
    if (!context) return error;
    error.add_context(*context);
  }
}

}  // namespace

Error to_error(const duckdb::ErrorData& error) {
  if (const std::string* code = find(error.ExtraInfo(), kCodeKey)) return carried(error.ExtraInfo(), *code);
  const ErrorCode code = code_of(error);
  std::string message, position, hint = hint_of(code, error.Type());
  const std::vector<std::string> lines = lines_of(without_engine_prefix(error.RawMessage()));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("LINE ")) {
      position = position_of(lines[i], i + 1 < lines.size() ? lines[i + 1] : "");
      break;
    }
    if (message.empty()) {
      message = lines[i];
    } else if (const std::string line = without_indent(lines[i]); line.starts_with("Candidate")) {
      hint = join_hint(hint, with_candidates(lines, i));
    } else if (line.starts_with("Did you mean")) {
      hint = join_hint(hint, line);
    }
  }
  Error result(code, message.empty() ? "the engine failed without a message" : message, hint);
  if (!position.empty()) result.add_context(position);
  return result;
}

Error to_error(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    return error;
  } catch (const std::exception& error) {
    return to_error(duckdb::ErrorData(error));
  } catch (...) {
    return Error(ErrorCode::Internal, "an exception of unknown type");
  }
}

void pass_through(const Error& error) {
  std::unordered_map<std::string, std::string> info;
  info[kCodeKey] = std::to_string(static_cast<int>(error.code()));
  info[kMessageKey] = error.message();
  info[kHintKey] = error.hint();
  for (std::size_t i = 0; i < error.context().size(); ++i) info[kContextKey + std::to_string(i)] = error.context()[i];
  // DuckDB treats interrupts and lack of memory apart (it rolls back, it frees): tell it.
  const ExceptionType type = error.code() == ErrorCode::Cancelled   ? ExceptionType::INTERRUPT
                             : error.code() == ErrorCode::Exhausted ? ExceptionType::OUT_OF_MEMORY
                                                                    : ExceptionType::IO;
  throw duckdb::Exception(duckdb::unordered_map<std::string, std::string>(info.begin(), info.end()), type,
                          error.what());
}

}  // namespace lakelet::engine
