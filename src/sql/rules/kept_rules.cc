#include "sql/rules/kept_rules.h"

#include <fmt/format.h>

#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/parser/expression/cast_expression.hpp>
#include <duckdb/parser/parser.hpp>
#include <duckdb/planner/binder.hpp>
#include <duckdb/planner/expression_binder/constant_binder.hpp>

#include "engine/type_mapping.h"
#include "lakelet/error.h"
#include "sql/rules/computed_columns.h"
#include "sql/rules/rule_binder.h"
#include "table/column_path.h"

namespace lakelet::sql {
namespace {

RuleBinder binder_of(duckdb::ClientContext& context, const PathsTable& table) {
  return RuleBinder(context, table.GetColumns(), table.rules().dialect);
}

std::string default_name(const std::string& column) {
  return fmt::format("the default of the column {}", column);
}
std::string generated_name(const std::string& column) {
  return fmt::format("the generated column {}", column);
}

// What a default comes to, of the column's type, where that is the same for every row; nullopt: it changes from one
// statement to the next, or isn't a plain value. Throws Error(InvalidArgument) if it is no value of the type.
std::optional<Value> constant_of(duckdb::ClientContext& context, const RuleBinder& binder, const std::string& column,
                                 const std::string& text, const duckdb::LogicalType& type) {
  auto expression = binder.parse_default(default_name(column), text);
  try {
    const auto outer = duckdb::Binder::CreateBinder(context);
    duckdb::ConstantBinder values(*outer, context, "DEFAULT value");
    values.target_type = type;
    const auto bound = values.Bind(expression);
    if (!bound->IsFoldable()) return std::nullopt;
    const duckdb::Value value = duckdb::ExpressionExecutor::EvaluateScalar(context, *bound);
    if (!bound->IsConsistent()) return std::nullopt;
    return engine::from_engine_value(value, engine::from_engine_type(type));
  } catch (const std::exception& exception) {
    const std::string why = duckdb::ErrorData(exception).RawMessage();
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} ({}) is no {}: {}", default_name(column), text,
                                                        type.ToString(), why.substr(0, why.find('\n'))));
  }
}

void require_default(duckdb::ClientContext& context, const PathsTable& table, const ColumnDefault& rule) {
  const auto* text = std::get_if<std::string>(&rule.value);
  if (text) constant_of(context, binder_of(context, table), rule.column, *text, table.GetColumn(rule.column).Type());
}

void require_generated(duckdb::ClientContext& context, const PathsTable& table, const GeneratedColumn& rule) {
  const auto& columns = table.GetColumns();
  const auto bound = binder_of(context, table)
                         .bind(generated_name(rule.column), rule.expression, columns.GetColumn(rule.column).Type());
  for (const auto index : bound.columns) {
    const std::string name = columns.GetColumn(duckdb::PhysicalIndex(index)).Name();
    if (!is_computed(table.rules(), name)) continue;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{} ({}) needs {}, which the table computes itself", generated_name(rule.column),
                            rule.expression, name),
                "make it of columns that rows bring");
  }
}

ParsedPointer parse(const std::string& text) {
  auto expressions = duckdb::Parser::ParseExpressionList(text);
  if (expressions.size() != 1) throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' isn't one expression", text));
  return std::move(expressions[0]);
}

}  // namespace

std::string in_dialect(duckdb::ClientContext& context, const PathsTable& table, const std::string& constraint,
                       const duckdb::ParsedExpression& condition) {
  return binder_of(context, table).kept_text(fmt::format("the constraint {}", constraint), condition, false);
}

ValueRule in_dialect(duckdb::ClientContext& context, const PathsTable& table, const std::string& column,
                     const ValueRule& kind, const duckdb::ParsedExpression& expression) {
  const RuleBinder binder = binder_of(context, table);
  if (std::holds_alternative<DefaultValue>(kind)) {
    DefaultValue value{binder.kept_text(default_name(column), expression, true)};
    value.constant = constant_of(context, binder, column, value.expression, table.GetColumn(column).Type());
    return value;
  }
  const std::string what = generated_name(column);
  const auto& type = table.GetColumn(column).Type();
  binder.kept_text(what, expression, false);  // says what is wrong with it
  const auto* value = &expression;
  // The parser's own cast to the type that the column was given with.
  if (value->GetExpressionClass() == duckdb::ExpressionClass::CAST) {
    const auto& cast = value->Cast<duckdb::CastExpression>();
    if (!cast.try_cast && binder.type_of(cast) == type && binder.type_of(*cast.child) == type) value = cast.child.get();
  }
  std::string text = binder.kept_text(what, *value, false);
  const bool exact = binder.bind(what, text, duckdb::LogicalType::INVALID).expression->return_type == type &&
                     type.id() != duckdb::LogicalTypeId::DECIMAL;
  if (exact) return GeneratedValue{std::move(text)};
  return GeneratedValue{binder.kept_text(what, duckdb::CastExpression(type, value->Copy()), false)};
}

Alteration in_dialect(duckdb::ClientContext& context, const PathsTable& table, Alteration change) {
  if (auto* set = std::get_if<SetDefault>(&change)) {
    if (set->column.size() != 1 || !table.ColumnExists(set->column[0])) return change;  // refused where it is done
    const auto rule = in_dialect(context, table, set->column[0], DefaultValue{}, *parse(set->expression));
    set->expression = std::get<DefaultValue>(rule).expression;
  }
  if (auto* added = std::get_if<AddColumn>(&change); added && added->rule) {
    if (auto* value = std::get_if<DefaultValue>(&*added->rule)) {
      const auto binder = binder_of(context, table);
      value->expression = binder.kept_text(default_name(added->field.name), *parse(value->expression), true);
    } else if (auto* generated = std::get_if<GeneratedValue>(&*added->rule)) {
      const auto binder = binder_of(context, table);
      generated->expression = binder.kept_text(generated_name(added->field.name), *parse(generated->expression), false);
    }
  }
  return change;
}

Alteration with_constants(duckdb::ClientContext& context, const PathsTable& table, Alteration change) {
  const auto binder = binder_of(context, table);
  if (auto* set = std::get_if<SetDefault>(&change); set && !set->constant && set->column.size() == 1) {
    if (!table.ColumnExists(set->column[0])) return change;  // refused where it is done
    set->constant =
        constant_of(context, binder, set->column[0], set->expression, table.GetColumn(set->column[0]).Type());
  }
  if (auto* added = std::get_if<AddColumn>(&change); added && added->rule) {
    auto* value = std::get_if<DefaultValue>(&*added->rule);
    if (!value || value->constant) return change;
    value->constant =
        constant_of(context, binder, added->field.name, value->expression, engine::to_engine_type(added->field.type));
  }
  return change;
}

void require_rules(duckdb::ClientContext& context, const PathsTable& table) {
  const RuleBinder binder = binder_of(context, table);
  for (const RowCheck& check : table.rules().checks) {
    binder.bind(check.what, check.condition, duckdb::LogicalType::BOOLEAN);
  }
  for (const GeneratedColumn& rule : table.rules().generated) require_generated(context, table, rule);
  for (const ColumnDefault& rule : table.rules().defaults) require_default(context, table, rule);
}

}  // namespace lakelet::sql
