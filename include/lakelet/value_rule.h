// How a column comes by its value in rows that don't bring one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "lakelet/value.h"

namespace lakelet {

// Expressions are SQL as the table keeps it: a Delta table's are Spark's.
struct DefaultValue {
  std::string expression;  // of no column; also for those who say DEFAULT
  // What it comes to where that is the same for every row, of the column's type; for formats that keep no expressions.
  std::optional<Value> constant{};
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
