#include "sql/dialect/spark_expression.h"

#include <fmt/format.h>

#include <duckdb/parser/expression/between_expression.hpp>
#include <duckdb/parser/expression/case_expression.hpp>
#include <duckdb/parser/expression/cast_expression.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/comparison_expression.hpp>
#include <duckdb/parser/expression/conjunction_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/expression/operator_expression.hpp>

#include "lakelet/error.h"
#include "sql/dialect/spark_functions.h"
#include "sql/dialect/spark_values.h"

namespace lakelet::sql {
namespace {

using duckdb::ExpressionClass;
using duckdb::ExpressionType;
using duckdb::LogicalType;
using duckdb::LogicalTypeId;

class Translator {
 public:
  explicit Translator(const SparkScope& scope) : scope_(scope) {}

  ParsedPointer translate(ParsedPointer expression) {
    switch (expression->GetExpressionClass()) {
      case ExpressionClass::CONSTANT:
        return constant(std::move(expression));
      case ExpressionClass::COLUMN_REF:
        return column(expression->Cast<duckdb::ColumnRefExpression>());
      case ExpressionClass::COMPARISON:
        return comparison(std::move(expression));
      case ExpressionClass::CONJUNCTION:
        for (auto& child : expression->Cast<duckdb::ConjunctionExpression>().children) replace(child);
        return expression;
      case ExpressionClass::BETWEEN:
        return between(std::move(expression));
      case ExpressionClass::CASE:
        return cases(std::move(expression));
      case ExpressionClass::CAST:
        return cast(expression->Cast<duckdb::CastExpression>());
      case ExpressionClass::OPERATOR:
        return operation(std::move(expression));
      case ExpressionClass::FUNCTION:
        return function(expression->Cast<duckdb::FunctionExpression>());
      default:
        spark::refuse(expression->ToString());
    }
  }

 private:
  void replace(ParsedPointer& expression) { expression = translate(std::move(expression)); }
  LogicalType type_of(const ParsedPointer& expression) const { return scope_.type_of(*expression); }

  // An integer is an INT or a BIGINT, whatever it is compared or added to.
  ParsedPointer constant(ParsedPointer expression) {
    const auto type = expression->Cast<duckdb::ConstantExpression>().value.type();
    if (type.id() == LogicalTypeId::INTEGER || type.id() == LogicalTypeId::BIGINT) {
      return spark::cast(std::move(expression), type);
    }
    if (type.IsIntegral()) return spark::cast(std::move(expression), LogicalType::DECIMAL(38, 0));
    return expression;
  }

  ParsedPointer column(duckdb::ColumnRefExpression& reference) {
    if (scope_.constant) spark::refuse("the column " + reference.ToString() + " in a default");
    ParsedPointer value = duckdb::make_uniq<duckdb::ColumnRefExpression>(reference.column_names[0]);
    for (std::size_t i = 1; i < reference.column_names.size(); ++i) {
      if (type_of(value).id() != LogicalTypeId::STRUCT) spark::refuse(reference.ToString());
      value = spark::call("struct_extract", std::move(value), spark::text(reference.column_names[i]));
    }
    return value;
  }

  ParsedPointer comparison(ParsedPointer expression) {
    auto& compared = expression->Cast<duckdb::ComparisonExpression>();
    // "a <=> b = c" groups otherwise in Spark.
    if (compared.left->GetExpressionClass() == ExpressionClass::COMPARISON ||
        compared.right->GetExpressionClass() == ExpressionClass::COMPARISON) {
      spark::refuse("a comparison of a comparison");
    }
    replace(compared.left);
    replace(compared.right);
    spark::align({&compared.left, &compared.right}, scope_);
    return expression;
  }

  ParsedPointer between(ParsedPointer expression) {
    auto& range = expression->Cast<duckdb::BetweenExpression>();
    for (auto* part : {&range.input, &range.lower, &range.upper}) replace(*part);
    spark::align({&range.input, &range.lower, &range.upper}, scope_);
    return expression;
  }

  ParsedPointer cases(ParsedPointer expression) {
    auto& choice = expression->Cast<duckdb::CaseExpression>();
    std::vector<ParsedPointer*> results;
    for (auto& check : choice.case_checks) {
      replace(check.when_expr);
      replace(check.then_expr);
      results.push_back(&check.then_expr);
    }
    if (choice.else_expr) {
      replace(choice.else_expr);
      results.push_back(&choice.else_expr);
    }
    spark::align(std::move(results), scope_);
    return expression;
  }

  ParsedPointer operation(ParsedPointer expression) {
    auto& known = expression->Cast<duckdb::OperatorExpression>();
    for (auto& child : known.children) replace(child);
    switch (known.GetExpressionType()) {
      case ExpressionType::OPERATOR_NOT:
        if (type_of(known.children[0]).id() != LogicalTypeId::BOOLEAN) spark::refuse("NOT of " + type_text(known, 0));
        return expression;
      case ExpressionType::OPERATOR_IS_NULL:
      case ExpressionType::OPERATOR_IS_NOT_NULL:
        return expression;
      case ExpressionType::COMPARE_IN:
      case ExpressionType::COMPARE_NOT_IN:
      case ExpressionType::OPERATOR_COALESCE: {
        std::vector<ParsedPointer*> values;
        for (auto& child : known.children) values.push_back(&child);
        spark::align(std::move(values), scope_);
        return expression;
      }
      default:
        spark::refuse(expression->ToString());
    }
  }
  std::string type_text(const duckdb::OperatorExpression& known, std::size_t i) const {
    return spark::type_name(type_of(known.children[i]));
  }

  ParsedPointer function(duckdb::FunctionExpression& called) {
    if (called.distinct || called.filter || called.export_state || !called.order_bys->orders.empty()) {
      spark::refuse(called.ToString());
    }
    // "a || b + c" groups otherwise in Spark.
    if (called.function_name == "||" && called.children.size() == 2 && is_sum(*called.children[1])) {
      spark::refuse("|| before a sum");
    }
    std::vector<ParsedPointer> arguments;
    for (auto& child : called.children) arguments.push_back(translate(std::move(child)));
    return spark_function(duckdb::StringUtil::Lower(called.function_name), std::move(arguments), scope_);
  }
  static bool is_sum(const duckdb::ParsedExpression& expression) {
    if (expression.GetExpressionClass() != ExpressionClass::FUNCTION) return false;
    const auto& name = expression.Cast<duckdb::FunctionExpression>().function_name;
    return name == "+" || name == "-";
  }

  ParsedPointer cast(duckdb::CastExpression& expression) {
    const LogicalType to = expression.cast_type;
    if (expression.try_cast) spark::refuse("TRY_CAST");
    // A number with its type, "1L".
    if (expression.child->GetExpressionClass() == ExpressionClass::CONSTANT && to.IsNumeric() &&
        expression.child->Cast<duckdb::ConstantExpression>().value.type().IsNumeric()) {
      return spark::cast(constant(std::move(expression.child)), to);
    }
    replace(expression.child);
    return cast_as_spark(std::move(expression.child), resolved(to));
  }

  // The parser leaves names of types to the binder.
  LogicalType resolved(const LogicalType& type) const {
    return scope_.type_of(*spark::cast(duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value()), type));
  }

  ParsedPointer cast_as_spark(ParsedPointer value, const LogicalType& to) {
    const LogicalType from = type_of(value);
    if (from == to || from.id() == LogicalTypeId::SQLNULL) return spark::cast(std::move(value), to);
    const bool from_time = from.id() == LogicalTypeId::TIMESTAMP || from.id() == LogicalTypeId::TIMESTAMP_TZ;
    const bool to_time = to.id() == LogicalTypeId::TIMESTAMP || to.id() == LogicalTypeId::TIMESTAMP_TZ;
    const bool from_clock = from_time || from.id() == LogicalTypeId::DATE;
    if (from_clock && (to_time || to.id() == LogicalTypeId::DATE)) {
      return spark::cast(spark::wall_clock(std::move(value), scope_), to);
    }
    if (from.id() == LogicalTypeId::VARCHAR && (to_time || to.id() == LogicalTypeId::DATE)) {
      return spark::cast(std::move(value), to);
    }
    if (from_clock && to.id() == LogicalTypeId::VARCHAR) {
      if (from.id() == LogicalTypeId::TIMESTAMP_TZ) value = spark::wall_clock(std::move(value), scope_);
      return spark::cast(std::move(value), to);
    }
    const bool from_whole = from.IsIntegral() || from.id() == LogicalTypeId::BOOLEAN;
    const bool from_fraction = from.IsFloating() || from.id() == LogicalTypeId::DECIMAL;
    if (from_whole && (to.IsNumeric() || to.id() == LogicalTypeId::VARCHAR)) return spark::cast(std::move(value), to);
    if (from_fraction && to.IsIntegral()) return spark::cast(spark::call("trunc", std::move(value)), to);
    if (from_fraction && to.IsFloating()) return spark::cast(std::move(value), to);
    if (from.id() == LogicalTypeId::DECIMAL && to.id() == LogicalTypeId::DECIMAL) {
      return spark::cast(std::move(value), to);
    }
    spark::refuse("CAST from " + spark::type_name(from) + " to " + spark::type_name(to));
  }

  const SparkScope& scope_;
};

}  // namespace

ParsedPointer spark_to_engine(ParsedPointer expression, const SparkScope& scope) {
  return Translator(scope).translate(std::move(expression));
}

}  // namespace lakelet::sql
