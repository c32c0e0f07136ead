// How a column comes by its value in rows that don't bring one.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace lakelet {

// Expressions are SQL as the table keeps it: a Delta table's are Spark's.
struct DefaultValue {
  std::string expression;  // of no column; also for those who say DEFAULT
};
// Computed from the other columns of the row; a value that is given must be the computed one.
struct GeneratedValue {
  std::string expression;
};
// Handed out: start, start + step ..., each once, with gaps.
struct IdentityValue {
  std::int64_t start = 1, step = 1;
  bool explicit_values = false;  // whether rows may bring their own
};
using ValueRule = std::variant<DefaultValue, GeneratedValue, IdentityValue>;

}  // namespace lakelet
