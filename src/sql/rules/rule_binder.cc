#include "sql/rules/rule_binder.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb/parser/parser.hpp>
#include <duckdb/planner/binder.hpp>
#include <duckdb/planner/expression_binder/check_binder.hpp>

#include "engine/engine_error.h"
#include "lakelet/error.h"
#include "sql/dialect/spark_text.h"
#include "sql/dialect/spark_writer.h"

namespace lakelet::sql {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& text, const std::string& why) {
  throw Error(ErrorCode::UnsupportedFeature, fmt::format("{} ({}) can't be honoured: {}", what, text, why),
              "drop it from the table, or write with the engine that made it");
}

std::string first_line(const std::string& message) {
  return message.substr(0, message.find('\n'));
}

// Runs `act`; what it throws becomes a refusal.
template <typename Act>
auto or_refuse(const std::string& what, const std::string& text, const Act& act) {
  try {
    return act();
  } catch (const Error& error) {
    refuse(what, text, error.message());
  } catch (const std::exception& exception) {
    refuse(what, text, first_line(duckdb::ErrorData(exception).RawMessage()));
  }
}

}  // namespace

duckdb::unique_ptr<duckdb::Expression> RuleBinder::bind(const duckdb::ParsedExpression& expression,
                                                        const duckdb::LogicalType& target,
                                                        duckdb::physical_index_set_t& columns) const {
  auto binder = duckdb::Binder::CreateBinder(context_);
  duckdb::CheckBinder checks(*binder, context_, "", columns_, columns);
  checks.target_type = target;
  auto copy = expression.Copy();
  return checks.Bind(copy);
}

ParsedPointer RuleBinder::parse(const std::string& text, bool constant) const {
  const std::string engine_text = dialect_ == SqlDialect::Spark ? spark_to_engine_text(text) : text;
  auto expressions = duckdb::Parser::ParseExpressionList(engine_text);
  if (expressions.size() != 1 || expressions[0]->HasAlias()) {
    throw Error(ErrorCode::UnsupportedFeature, "it isn't one expression");
  }
  if (dialect_ != SqlDialect::Spark) return std::move(expressions[0]);
  return spark_to_engine(std::move(expressions[0]), scope(constant));
}

duckdb::LogicalType RuleBinder::type_of(const duckdb::ParsedExpression& expression) const {
  duckdb::physical_index_set_t columns;
  return bind(expression, duckdb::LogicalType::INVALID, columns)->return_type;
}

SparkScope RuleBinder::scope(bool constant) const {
  SparkScope scope;
  scope.constant = constant;
  scope.type_of = [this](const duckdb::ParsedExpression& expression) { return type_of(expression); };
  return scope;
}

std::string RuleBinder::kept_text(const std::string& what, const duckdb::ParsedExpression& expression,
                                  bool constant) const {
  try {
    if (dialect_ != SqlDialect::Spark) {
      if (!constant) type_of(expression);
      return expression.ToString();
    }
    std::string text = engine_to_spark_text(expression, scope(constant));
    parse(text, constant);
    return text;
  } catch (Error& error) {
    throw Error(error.code(), fmt::format("{} ({}): {}", what, std::string(expression.ToString()), error.message()),
                error.hint());
  } catch (const std::exception& exception) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} ({}): {}", what, std::string(expression.ToString()),
                                                        first_line(duckdb::ErrorData(exception).RawMessage())));
  }
}

BoundRule RuleBinder::bind(const std::string& what, const std::string& text, const duckdb::LogicalType& target) const {
  return or_refuse(what, text, [&] {
    const auto expression = parse(text, false);
    duckdb::physical_index_set_t columns;
    BoundRule rule;
    if (target.id() == duckdb::LogicalTypeId::BOOLEAN) {
      const auto type = bind(*expression, duckdb::LogicalType::INVALID, columns)->return_type;
      if (type.id() != duckdb::LogicalTypeId::BOOLEAN && type.id() != duckdb::LogicalTypeId::SQLNULL) {
        throw Error(ErrorCode::UnsupportedFeature, "it is no condition but a value of " + type.ToString());
      }
    }
    rule.expression = bind(*expression, target, columns);
    // Of Spark's functions only those are taken that aren't; error() beside them passes for one.
    if (dialect_ != SqlDialect::Spark && rule.expression->IsVolatile())
      throw Error(ErrorCode::UnsupportedFeature, "it isn't the same each time");
    for (const auto& column : columns) rule.columns.push_back(column.index);
    std::sort(rule.columns.begin(), rule.columns.end());
    return rule;
  });
}

std::string RuleBinder::engine_text(const std::string& what, const std::string& text) const {
  bind(what, text, duckdb::LogicalType::BOOLEAN);
  return or_refuse(what, text, [&] { return std::string(parse(text, false)->ToString()); });
}

ParsedPointer RuleBinder::parse_default(const std::string& what, const std::string& text) const {
  return or_refuse(what, text, [&] { return parse(text, true); });
}

}  // namespace lakelet::sql
