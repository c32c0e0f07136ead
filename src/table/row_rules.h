// What a table demands of the rows that are written to it, beside what its schema says (NOT NULL, lengths of text), and
// the values that it gives to columns which a statement leaves out. Formats fill it; sql/ honours it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lakelet/value.h"

namespace lakelet {

// In whose words the expressions are. What doesn't mean the same in the engine is refused when rows are written.
enum class SqlDialect {
  Engine,  // as in a query
  Spark,   // Spark SQL: `backticked` names, "text", 1L, a <=> b, a div b
};

// A condition on every row.
struct RowCheck {
  std::string what;  // for messages: "the CHECK constraint positive", "the invariant of the column x"
  std::string condition;
  bool null_passes = false;  // SQL's own rule; otherwise only TRUE does
};

// The value of a column in rows that don't say: Iceberg's and DuckLake's are values, Delta's and DuckLake's
// expressions.
struct ColumnDefault {
  std::string column;
  std::variant<Value, std::string> value;
};

// A column computed from the others of its row. A value that is given all the same must be the computed one, or both be
// NULL.
struct GeneratedColumn {
  std::string column;
  std::string expression;
};

// A column of integers that the table hands out: start + k * step, beyond every one handed out before.
struct IdentityColumn {
  std::string column;
  std::int64_t start = 1, step = 1;
  std::optional<std::int64_t> high_water_mark{};  // the last one handed out; absent: none yet
  bool explicit_values = false;                   // whether rows may bring their own
};

struct RowRules {
  SqlDialect dialect = SqlDialect::Engine;
  std::vector<RowCheck> checks{};
  std::vector<ColumnDefault> defaults{};
  std::vector<GeneratedColumn> generated{};
  std::vector<IdentityColumn> identities{};

  bool empty() const { return checks.empty() && defaults.empty() && generated.empty() && identities.empty(); }
};

}  // namespace lakelet
