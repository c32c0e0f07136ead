#include "sql/rules/column_fit.h"

#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/planner/planner.hpp>

#include "engine/type_mapping.h"
#include "lakelet/error.h"
#include "sql/rules/assignment.h"

namespace lakelet::sql {
namespace {

std::string type_text(const duckdb::LogicalType& type) {
  try {
    return to_string(engine::from_engine_type(type));
  } catch (const Error&) {
    return duckdb::StringUtil::Lower(type.ToString());
  }
}

}  // namespace

std::vector<SourceColumn> bind_columns(duckdb::ClientContext& context,
                                       duckdb::unique_ptr<duckdb::SelectStatement> select,
                                       const ParameterValues& parameters, bool nulls) {
  duckdb::Planner planner(context);
  planner.parameter_data = parameters;
  planner.binder->SetCanContainNulls(nulls);
  planner.CreatePlan(std::move(select));
  std::vector<SourceColumn> columns;
  for (std::size_t i = 0; i < planner.names.size(); ++i) columns.push_back({planner.names[i], planner.types[i], {}});
  return columns;
}

bool add_literal(const duckdb::ParsedExpression& expression, SourceColumn& column) {
  if (expression.GetExpressionClass() != duckdb::ExpressionClass::CONSTANT) return false;
  column.literals.push_back(expression.Cast<duckdb::ConstantExpression>().value);
  return true;
}

void check_column(const Field& field, const SourceColumn& column) {
  const auto type = engine::to_engine_type(field.type);
  if (assignable(column.type, type)) {
    if (!type.IsIntegral() || column.literals.empty()) return;
  }
  const std::string what = "column " + field.name + " is " + to_string(field.type);
  for (const auto& literal : column.literals) {
    if (!literal_fits(literal, type)) {
      throw Error(ErrorCode::ConstraintViolation, what + ", and " + literal.ToString() + " isn't one");
    }
  }
  if (!column.literals.empty()) return;
  throw Error(ErrorCode::ConstraintViolation, what + ", the rows have " + type_text(column.type),
              "cast it in the query if a loss is meant: CAST(" + column.name + " AS " + type.ToString() + ")");
}

}  // namespace lakelet::sql
