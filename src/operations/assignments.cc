// "a = a + 1, b = 'x'" as (column, expression) pairs.
#include <fmt/format.h>

#include "lakelet/error.h"
#include "lakelet/write_options.h"
#include "operations/sql_text.h"

namespace lakelet {
namespace {

// The first "=" that isn't part of "<=", ">=", "!=", "==" or "=>".
std::size_t find_equals(std::string_view part) {
  for (const std::size_t at : operations::top_level(part, '=')) {
    const char before = at > 0 ? part[at - 1] : ' ';
    const char after = at + 1 < part.size() ? part[at + 1] : ' ';
    if (before != '<' && before != '>' && before != '!' && before != '=' && after != '=' && after != '>') return at;
    break;
  }
  return std::string_view::npos;
}

}  // namespace

Assignments parse_assignments(const std::string& text) {
  std::vector<std::size_t> cuts = operations::top_level(text, ',');
  cuts.push_back(text.size());
  Assignments assignments;
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    const std::string_view part = std::string_view(text).substr(begin, cut - begin);
    const std::size_t equals = find_equals(part);
    if (equals == std::string_view::npos) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("'{}' at position {} is no assignment", operations::trim(part), begin + 1),
                  "write: column = expression, column = expression");
    }
    std::string expression = operations::trim(part.substr(equals + 1));
    if (expression.empty()) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("no expression behind '{}' at position {}", operations::trim(part), begin + 1));
    }
    assignments.emplace_back(operations::unquote_name(part.substr(0, equals), "target"), std::move(expression));
    begin = cut + 1;
  }
  return assignments;
}

}  // namespace lakelet
