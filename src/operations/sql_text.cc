#include "operations/sql_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "lakelet/error.h"

namespace lakelet::operations {
namespace {

bool name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80) != 0;
}

// Behind the quote that closes the one at `at`; a doubled quote stands for itself.
std::size_t skip_quotes(std::string_view text, std::size_t at, bool backslashes) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (backslashes && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (i + 1 >= text.size() || text[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return text.size();
}

// $$...$$ or $tag$...$tag$; `at` if there is none ($1 and $name are parameters).
std::size_t skip_dollars(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && name_character(text[end])) ++end;
  if (end >= text.size() || text[end] != '$') return at;
  const std::string_view tag = text.substr(at, end - at + 1);
  const std::size_t close = text.find(tag, end + 1);
  return close == std::string_view::npos ? text.size() : close + tag.size();
}

// Block comments nest, as in PostgreSQL's lexer, which the engine's is.
std::size_t skip_block_comment(std::string_view text, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i + 1 < text.size(); ++i) {
    if (text[i] == '/' && text[i + 1] == '*') {
      ++depth;
      ++i;
    } else if (text[i] == '*' && text[i + 1] == '/') {
      ++i;
      if (--depth == 0) return i + 1;
    }
  }
  return text.size();
}

}  // namespace

std::size_t skip_quoted(std::string_view text, std::size_t at) {
  const char c = text[at];
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  if (c == '\'' || c == '"') {
    const bool escape = c == '\'' && at > 0 && (text[at - 1] == 'e' || text[at - 1] == 'E') &&
                        (at < 2 || !name_character(text[at - 2]));
    return skip_quotes(text, at, escape);
  }
  if (c == '$' && (at == 0 || !name_character(text[at - 1]))) return skip_dollars(text, at);
  if (c == '-' && next == '-') {
    const std::size_t end = text.find('\n', at);
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  if (c == '/' && next == '*') return skip_block_comment(text, at);
  return at;
}

std::vector<std::size_t> top_level(std::string_view text, char wanted) {
  std::vector<std::size_t> found;
  int depth = 0;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t behind = skip_quoted(text, i);
    if (behind != i) {
      i = behind;
      continue;
    }
    const char c = text[i];
    if (c == '(' || c == '[' || c == '{') ++depth;
    if (c == ')' || c == ']' || c == '}') --depth;
    if (depth == 0 && c == wanted) found.push_back(i);
    ++i;
  }
  return found;
}

std::string trim(std::string_view text) {
  const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::string unquote_name(std::string_view text, std::string_view qualifier) {
  std::string name = trim(text);
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  if (!qualifier.empty() && name.size() > qualifier.size() + 1 && name[qualifier.size()] == '.' &&
      std::equal(qualifier.begin(), qualifier.end(), name.begin(), [&](char q, char n) { return same(n, q); })) {
    name = name.substr(qualifier.size() + 1);
  }
  if (!name.empty() && name.front() == '"') {
    if (name.size() < 3 || skip_quotes(name, 0, false) != name.size() || name.back() != '"') {
      throw Error(ErrorCode::InvalidArgument, fmt::format("{} is not a column name", name));
    }
    std::string plain;
    for (std::size_t i = 1; i + 1 < name.size(); ++i) {
      plain.push_back(name[i]);
      if (name[i] == '"') ++i;
    }
    return plain;
  }
  const bool digit_first = !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) != 0;
  if (name.empty() || digit_first || !std::all_of(name.begin(), name.end(), name_character)) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' is not a column name", name),
                "put names with other characters than letters, digits and _ into double quotes");
  }
  return name;
}

}  // namespace lakelet::operations
