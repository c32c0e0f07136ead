#include "engine/pushed_filter.h"

#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/planner/expression/list.hpp>
#include <duckdb/planner/filter/expression_filter.hpp>
#include <duckdb/planner/filter/list.hpp>
#include <functional>
#include <optional>

#include "engine/type_mapping.h"

namespace lakelet::engine {

namespace {

using duckdb::ExpressionClass;
using duckdb::ExpressionType;

struct Column {
  ColumnPath path;
  Type type;
};

std::optional<Comparison> to_comparison(ExpressionType type) {
  switch (type) {
    case ExpressionType::COMPARE_EQUAL:
      return Comparison::Equal;
    case ExpressionType::COMPARE_NOTEQUAL:
      return Comparison::NotEqual;
    case ExpressionType::COMPARE_LESSTHAN:
      return Comparison::Less;
    case ExpressionType::COMPARE_LESSTHANOREQUALTO:
      return Comparison::LessOrEqual;
    case ExpressionType::COMPARE_GREATERTHAN:
      return Comparison::Greater;
    case ExpressionType::COMPARE_GREATERTHANOREQUALTO:
      return Comparison::GreaterOrEqual;
    default:
      return std::nullopt;
  }
}

Predicate compare(const Column& column, Comparison comparison, const duckdb::Value& constant) {
  if (constant.IsNull()) return Predicate::never();
  auto value = from_engine_value(constant, column.type);
  return value ? Predicate::compare(column.path, comparison, std::move(*value)) : Predicate::unknown();
}

Predicate in(const Column& column, const duckdb::vector<duckdb::Value>& constants) {
  std::vector<Value> values;
  for (const auto& constant : constants) {
    if (constant.IsNull()) continue;  // equal to nothing
    auto value = from_engine_value(constant, column.type);
    if (!value) return Predicate::unknown();
    values.push_back(std::move(*value));
  }
  return values.empty() ? Predicate::never() : Predicate::in(column.path, std::move(values));
}

std::optional<Column> child_of(const Column& parent, const std::string& name) {
  if (parent.type.kind() != TypeKind::Struct) return std::nullopt;
  for (const Field& field : parent.type.children()) {
    if (!duckdb::StringUtil::CIEquals(field.name, name)) continue;
    Column child{parent.path, field.type};
    child.path.push_back(field.name);
    return child;
  }
  return std::nullopt;
}

// Expressions to predicates; `root_column` says which column of the table a reference in them means.
class ExpressionConverter {
 public:
  using RootColumn = std::function<std::optional<Column>(const duckdb::Expression&)>;

  ExpressionConverter(duckdb::ClientContext& context, RootColumn root_column)
      : context_(context), root_column_(std::move(root_column)) {}

  Predicate convert(const duckdb::Expression& expression) const {
    switch (expression.GetExpressionClass()) {
      case ExpressionClass::BOUND_CONJUNCTION:
        return conjunction(expression.Cast<duckdb::BoundConjunctionExpression>());
      case ExpressionClass::BOUND_COMPARISON:
        return comparison(expression.Cast<duckdb::BoundComparisonExpression>());
      case ExpressionClass::BOUND_BETWEEN:
        return between(expression.Cast<duckdb::BoundBetweenExpression>());
      case ExpressionClass::BOUND_OPERATOR:
        return operation(expression.Cast<duckdb::BoundOperatorExpression>());
      case ExpressionClass::BOUND_FUNCTION:
        return function(expression.Cast<duckdb::BoundFunctionExpression>());
      case ExpressionClass::BOUND_CONSTANT: {
        const auto& value = expression.Cast<duckdb::BoundConstantExpression>().value;
        if (value.type().id() != duckdb::LogicalTypeId::BOOLEAN) return Predicate::unknown();
        return !value.IsNull() && duckdb::BooleanValue::Get(value) ? Predicate::always() : Predicate::never();
      }
      case ExpressionClass::BOUND_COLUMN_REF:
      case ExpressionClass::BOUND_REF: {
        const auto column = column_of(expression);
        if (!column || column->type.kind() != TypeKind::Boolean) return Predicate::unknown();
        return Predicate::compare(column->path, Comparison::Equal, Value(true));
      }
      default:
        return Predicate::unknown();
    }
  }

 private:
  std::optional<Column> column_of(const duckdb::Expression& expression) const {
    switch (expression.GetExpressionClass()) {
      case ExpressionClass::BOUND_COLUMN_REF:
      case ExpressionClass::BOUND_REF:
        return root_column_(expression);
      case ExpressionClass::BOUND_FUNCTION: {
        const auto& call = expression.Cast<duckdb::BoundFunctionExpression>();
        if (call.function.name != "struct_extract" || call.children.size() != 2) return std::nullopt;
        const auto name = constant(*call.children[1]);
        const auto parent = column_of(*call.children[0]);
        if (!name || !parent || name->IsNull() || name->type().id() != duckdb::LogicalTypeId::VARCHAR)
          return std::nullopt;
        return child_of(*parent, duckdb::StringValue::Get(*name));
      }
      case ExpressionClass::BOUND_CAST: {
        // Widening an integer keeps order and equality, and Values hold every width alike.
        const auto& cast = expression.Cast<duckdb::BoundCastExpression>();
        auto column = column_of(*cast.child);
        if (!column || cast.try_cast || !column->type.integral() || !cast.return_type.IsIntegral()) return std::nullopt;
        if (column->type.kind() == TypeKind::UInt64 || cast.return_type.id() == duckdb::LogicalTypeId::HUGEINT) {
          return std::nullopt;
        }
        if (duckdb::LogicalType::ForceMaxLogicalType(cast.child->return_type, cast.return_type) != cast.return_type) {
          return std::nullopt;
        }
        column->type = from_engine_type(cast.return_type);
        return column;
      }
      default:
        return std::nullopt;
    }
  }

  std::optional<duckdb::Value> constant(const duckdb::Expression& expression) const {
    if (expression.GetExpressionClass() == ExpressionClass::BOUND_CONSTANT) {
      return expression.Cast<duckdb::BoundConstantExpression>().value;
    }
    duckdb::Value value;
    if (!expression.IsFoldable() || !duckdb::ExpressionExecutor::TryEvaluateScalar(context_, expression, value)) {
      return std::nullopt;
    }
    return value;
  }

  Predicate conjunction(const duckdb::BoundConjunctionExpression& expression) const {
    std::vector<Predicate> parts;
    for (const auto& child : expression.children) parts.push_back(convert(*child));
    return expression.GetExpressionType() == ExpressionType::CONJUNCTION_AND ? Predicate::all_of(std::move(parts))
                                                                             : Predicate::any_of(std::move(parts));
  }

  Predicate comparison(const duckdb::BoundComparisonExpression& expression) const {
    ExpressionType type = expression.GetExpressionType();
    auto column = column_of(*expression.left);
    auto value = column ? constant(*expression.right) : constant(*expression.left);
    if (!column) {
      column = column_of(*expression.right);
      type = duckdb::FlipComparisonExpression(type);
    }
    if (!column || !value) return Predicate::unknown();
    if (type == ExpressionType::COMPARE_NOT_DISTINCT_FROM) {
      return value->IsNull() ? Predicate::is_null(column->path) : compare(*column, Comparison::Equal, *value);
    }
    if (type == ExpressionType::COMPARE_DISTINCT_FROM) {
      return value->IsNull() ? Predicate::is_not_null(column->path) : Predicate::unknown();
    }
    const auto comparison = to_comparison(type);
    return comparison ? compare(*column, *comparison, *value) : Predicate::unknown();
  }

  Predicate between(const duckdb::BoundBetweenExpression& expression) const {
    const auto column = column_of(*expression.input);
    const auto lower = constant(*expression.lower);
    const auto upper = constant(*expression.upper);
    if (!column || !lower || !upper) return Predicate::unknown();
    return Predicate::all_of(
        {compare(*column, expression.lower_inclusive ? Comparison::GreaterOrEqual : Comparison::Greater, *lower),
         compare(*column, expression.upper_inclusive ? Comparison::LessOrEqual : Comparison::Less, *upper)});
  }

  Predicate operation(const duckdb::BoundOperatorExpression& expression) const {
    const auto column = column_of(*expression.children[0]);
    switch (expression.GetExpressionType()) {
      case ExpressionType::OPERATOR_NOT:
        return Predicate::negation(convert(*expression.children[0]));
      case ExpressionType::OPERATOR_IS_NULL:
        return column ? Predicate::is_null(column->path) : Predicate::unknown();
      case ExpressionType::OPERATOR_IS_NOT_NULL:
        return column ? Predicate::is_not_null(column->path) : Predicate::unknown();
      case ExpressionType::COMPARE_IN:
      case ExpressionType::COMPARE_NOT_IN: {
        if (!column) return Predicate::unknown();
        duckdb::vector<duckdb::Value> values;
        bool any_null = false;
        for (std::size_t i = 1; i < expression.children.size(); ++i) {
          const auto value = constant(*expression.children[i]);
          if (!value) return Predicate::unknown();
          any_null = any_null || value->IsNull();
          values.push_back(*value);
        }
        if (expression.GetExpressionType() == ExpressionType::COMPARE_IN) return in(*column, values);
        return any_null ? Predicate::never() : Predicate::negation(in(*column, values));
      }
      default:
        return Predicate::unknown();
    }
  }

  Predicate function(const duckdb::BoundFunctionExpression& call) const {
    const std::string& name = call.function.name;
    if ((name == "prefix" || name == "starts_with" || name == "^@") && call.children.size() == 2) {
      const auto column = column_of(*call.children[0]);
      const auto prefix = constant(*call.children[1]);
      if (!column || !prefix || column->type.kind() != TypeKind::String) return Predicate::unknown();
      return prefix->IsNull() ? Predicate::never()
                              : Predicate::starts_with(column->path, duckdb::StringValue::Get(*prefix));
    }
    const auto column = column_of(call);
    if (!column || column->type.kind() != TypeKind::Boolean) return Predicate::unknown();
    return Predicate::compare(column->path, Comparison::Equal, Value(true));
  }

  duckdb::ClientContext& context_;
  RootColumn root_column_;
};

Predicate convert_filter(duckdb::ClientContext& context, const duckdb::TableFilter& filter, const Column& column) {
  using duckdb::TableFilterType;
  const auto convert_all = [&](const auto& children) {
    std::vector<Predicate> parts;
    for (const auto& child : children) parts.push_back(convert_filter(context, *child, column));
    return parts;
  };
  switch (filter.filter_type) {
    case TableFilterType::CONSTANT_COMPARISON: {
      const auto& comparison = filter.Cast<duckdb::ConstantFilter>();
      const auto kind = to_comparison(comparison.comparison_type);
      return kind ? compare(column, *kind, comparison.constant) : Predicate::unknown();
    }
    case TableFilterType::IS_NULL:
      return Predicate::is_null(column.path);
    case TableFilterType::IS_NOT_NULL:
      return Predicate::is_not_null(column.path);
    case TableFilterType::CONJUNCTION_AND:
      return Predicate::all_of(convert_all(filter.Cast<duckdb::ConjunctionAndFilter>().child_filters));
    case TableFilterType::CONJUNCTION_OR:
      return Predicate::any_of(convert_all(filter.Cast<duckdb::ConjunctionOrFilter>().child_filters));
    case TableFilterType::STRUCT_EXTRACT: {
      const auto& part = filter.Cast<duckdb::StructFilter>();
      const auto child = child_of(column, part.child_name);
      return child ? convert_filter(context, *part.child_filter, *child) : Predicate::unknown();
    }
    case TableFilterType::IN_FILTER:
      return in(column, filter.Cast<duckdb::InFilter>().values);
    case TableFilterType::OPTIONAL_FILTER: {
      const auto& optional = filter.Cast<duckdb::OptionalFilter>();
      return optional.child_filter ? convert_filter(context, *optional.child_filter, column) : Predicate::unknown();
    }
    case TableFilterType::DYNAMIC_FILTER: {
      const auto& dynamic = filter.Cast<duckdb::DynamicFilter>();
      if (!dynamic.filter_data) return Predicate::unknown();
      const std::lock_guard lock(dynamic.filter_data->lock);
      if (!dynamic.filter_data->initialized || !dynamic.filter_data->filter) return Predicate::unknown();
      return convert_filter(context, *dynamic.filter_data->filter, column);
    }
    case TableFilterType::EXPRESSION_FILTER:
      return ExpressionConverter(context, [&](const duckdb::Expression&) { return column; })
          .convert(*filter.Cast<duckdb::ExpressionFilter>().expr);
    default:
      return Predicate::unknown();
  }
}

}  // namespace

Predicate to_predicate(duckdb::ClientContext& context, const duckdb::Expression& filter, const Schema& schema,
                       duckdb::idx_t table_index, const duckdb::vector<duckdb::ColumnIndex>& columns) {
  const auto root_column = [&](const duckdb::Expression& expression) -> std::optional<Column> {
    if (expression.GetExpressionClass() != ExpressionClass::BOUND_COLUMN_REF) return std::nullopt;
    const auto& binding = expression.Cast<duckdb::BoundColumnRefExpression>().binding;
    if (binding.table_index != table_index || binding.column_index >= columns.size()) return std::nullopt;
    const auto& column = columns[binding.column_index];
    if (column.IsVirtualColumn() || column.GetPrimaryIndex() >= schema.size()) return std::nullopt;
    const Field& field = schema[column.GetPrimaryIndex()];
    return Column{{field.name}, field.type};
  };
  return ExpressionConverter(context, root_column).convert(filter);
}

Predicate to_predicate(duckdb::ClientContext& context, const duckdb::Expression& filter, const Schema& schema,
                       const duckdb::vector<duckdb::column_t>& references) {
  const auto root_column = [&](const duckdb::Expression& expression) -> std::optional<Column> {
    if (expression.GetExpressionClass() != ExpressionClass::BOUND_REF) return std::nullopt;
    const auto index = expression.Cast<duckdb::BoundReferenceExpression>().index;
    if (index >= references.size() || references[index] >= schema.size()) return std::nullopt;
    const Field& field = schema[references[index]];
    return Column{{field.name}, field.type};
  };
  return ExpressionConverter(context, root_column).convert(filter);
}

Predicate to_predicate(duckdb::ClientContext& context, const duckdb::TableFilter& filter, const Schema& schema,
                       duckdb::idx_t column) {
  if (column >= schema.size()) return Predicate::unknown();
  return convert_filter(context, filter, Column{{schema[column].name}, schema[column].type});
}

}  // namespace lakelet::engine
