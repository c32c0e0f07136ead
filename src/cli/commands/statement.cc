#include "cli/commands/statement.h"

#include <fmt/format.h>

#include "base/amount_text.h"
#include "cli/merge_source.h"

namespace lakelet::cli {
namespace {

// What the engine answers to a statement that changes rows, or that gives none at all.
bool is_change_count(const Schema& schema) {
  if (schema.size() != 1) return schema.empty();
  const Field& only = schema[0];
  return (only.name == "Count" && only.type == Type(TypeKind::Int64)) ||
         (only.name == "Success" && only.type == Type(TypeKind::Boolean));
}

void show_change(Invocation& invocation, Rows rows) {
  std::string line = "done";
  while (rows.next()) {
    const std::string count = rows.text(0);
    line = fmt::format("{} row{} changed", count, count == "1" ? "" : "s");
  }
  invocation.messages().summary(line);
}

}  // namespace

void run_statement(Invocation& invocation, const std::string& text, const SqlParameters& parameters) {
  Rows rows = invocation.session().sql(text, parameters);
  if (invocation.for_reading() && !looks_like_query(text) && is_change_count(rows.schema())) {
    return show_change(invocation, std::move(rows));
  }
  const std::int64_t count = invocation.show(std::move(rows));
  if (invocation.for_reading() && count >= 0) {
    invocation.messages().summary(counted(count, "row"));
  }
}

}  // namespace lakelet::cli
