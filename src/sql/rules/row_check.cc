#include "sql/rules/row_check.h"

#include <fmt/format.h>

#include "engine/engine_error.h"
#include "lakelet/error.h"
#include "sql/rules/rule_binder.h"
#include "sql/sql_session.h"
#include "table/schema_alteration.h"

namespace lakelet::sql {
namespace {

// "s"."a", for a path through structs.
std::string expression_of(const ColumnPath& path, const Schema& schema) {
  std::string text;
  ColumnPath above;
  for (const std::string& name : path) {
    if (const Field* parent = above.empty() ? nullptr : find_part(schema, above)) {
      if (parent->type.kind() != TypeKind::Struct) {
        throw Error(ErrorCode::UnsupportedFeature,
                    fmt::format("NOT NULL of '{}', a part of a list or map, isn't supported", to_string(path)));
      }
    }
    above.push_back(name);
    text += fmt::format("{}{}", text.empty() ? "" : ".", quote_identifier(name));
  }
  return text;
}

std::string not_null(const ColumnPath& path, const Schema& schema) {
  const std::string value = expression_of(path, schema);
  if (path.size() == 1) return fmt::format("{} IS NOT NULL", value);
  return fmt::format("{} IS NULL OR {} IS NOT NULL", expression_of(ColumnPath(path.begin(), path.end() - 1), schema),
                     value);
}

std::string shown(duckdb::QueryResult& result, duckdb::DataChunk& rows) {
  std::string text;
  for (duckdb::idx_t i = 0; i < rows.ColumnCount() && i < 5; ++i) {
    text += fmt::format("{}{} = {}", i ? ", " : "", std::string(result.names[i]),
                        std::string(rows.GetValue(i, 0).ToString()));
  }
  return fmt::format("{}{}", text, rows.ColumnCount() > 5 ? ", ..." : "");
}

}  // namespace

std::optional<RowCondition> condition_of(const Alteration& change, const Schema& schema) {
  if (const auto* required = std::get_if<SetNotNull>(&change)) {
    const Field* field = find_part(schema, required->column);
    if (!field || !required->not_null || !field->nullable) return std::nullopt;
    return RowCondition{not_null(required->column, schema),
                        fmt::format("the column {} can't become NOT NULL", to_string(required->column))};
  }
  if (const auto* added = std::get_if<AddColumn>(&change); added && !added->field.nullable) {
    return RowCondition{"false", fmt::format("the new column {} can't be NOT NULL", added->field.name)};
  }
  if (const auto* added = std::get_if<AddColumn>(&change); added && added->rule) {
    return RowCondition{
        "false",
        fmt::format("the new column {} can't have {}, which the rows that are there would lack", added->field.name,
                    std::holds_alternative<DefaultValue>(*added->rule) ? "a DEFAULT" : "computed values"),
        "add it without, UPDATE the rows, then ALTER COLUMN ... SET DEFAULT for those to come"};
  }
  if (const auto* constraint = std::get_if<AddConstraint>(&change)) {
    return RowCondition{constraint->condition,
                        fmt::format("the constraint {} ({}) can't be added", constraint->name, constraint->condition)};
  }
  return std::nullopt;
}

std::optional<RowCondition> condition_of(duckdb::ClientContext& context, const Alteration& change,
                                         const PathsTable& table) {
  const auto* added = std::get_if<AddColumn>(&change);
  const bool filled = added && added->rule && std::holds_alternative<DefaultValue>(*added->rule);
  if (filled && table.snapshot()->fills_new_columns()) return std::nullopt;
  auto condition = condition_of(change, table.snapshot()->schema());
  if (const auto* constraint = std::get_if<AddConstraint>(&change)) {
    const RuleBinder binder(context, table.GetColumns(), table.rules().dialect);
    condition->must_hold = binder.engine_text("the constraint " + constraint->name, constraint->condition);
  }
  return condition;
}

void require_rows(duckdb::Connection& connection, const std::string& table, const RowCondition& condition) {
  auto result =
      connection.Query(fmt::format("SELECT * FROM {} WHERE ({}\n) IS NOT TRUE LIMIT 1", table, condition.must_hold));
  if (result->HasError()) throw engine::to_error(result->GetErrorObject());
  const auto rows = result->Fetch();
  if (!rows || rows->size() == 0) return;
  throw Error(ErrorCode::ConstraintViolation,
              fmt::format("{}: a row that is there is in the way ({})", condition.what, shown(*result, *rows)),
              condition.hint);
}

}  // namespace lakelet::sql
