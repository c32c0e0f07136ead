#include "cli/commands/schema_grid.h"

#include <fmt/format.h>

#include <map>

namespace lakelet::cli {
namespace {

std::string text_of(const ValueRule& rule) {
  if (const auto* given = std::get_if<DefaultValue>(&rule)) return given->expression;
  if (const auto* computed = std::get_if<GeneratedValue>(&rule)) {
    return fmt::format("GENERATED ALWAYS AS ({})", computed->expression);
  }
  const auto& identity = std::get<IdentityValue>(rule);
  return fmt::format("GENERATED {} AS IDENTITY (START WITH {} INCREMENT BY {})",
                     identity.explicit_values ? "BY DEFAULT" : "ALWAYS", identity.start, identity.step);
}

std::map<std::string, ValueRule> values_of(const Table& table, Messages& messages) {
  try {
    return table.values();
  } catch (const Error& error) {
    messages.summary(error.message());
    return {};
  }
}

}  // namespace

Grid schema_grid(const Table& table, Messages& messages) {
  Grid grid({{"column"}, {"type"}, {"nullable"}, {"default"}, {"comment"}});
  const auto values = values_of(table, messages);
  for (const Field& field : table.schema().fields()) {
    const auto value = values.find(field.name);
    grid.add({field.name, to_string(field.type), field.nullable,
              value == values.end() ? Cell() : Cell(text_of(value->second)), field.doc});
  }
  return grid;
}

}  // namespace lakelet::cli
