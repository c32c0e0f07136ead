#include "sql/change/table_order.h"

#include <duckdb/execution/operator/order/physical_order.hpp>
#include <duckdb/function/function_binder.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <optional>

#include "table/table_layout_change.h"

namespace lakelet::sql {
namespace {

using ExpressionPointer = duckdb::unique_ptr<duckdb::Expression>;

ExpressionPointer call(duckdb::ClientContext& context, const char* function, ExpressionPointer first,
                       ExpressionPointer second) {
  duckdb::vector<ExpressionPointer> arguments;
  arguments.push_back(std::move(first));
  arguments.push_back(std::move(second));
  duckdb::ErrorData error;
  duckdb::FunctionBinder binder(context);
  return binder.BindScalarFunction(DEFAULT_SCHEMA, function, std::move(arguments), error);
}

ExpressionPointer constant(duckdb::Value value) {
  return duckdb::make_uniq<duckdb::BoundConstantExpression>(std::move(value));
}

// What orders rows as the field's values do; null: nothing here does.
ExpressionPointer value_of(duckdb::ClientContext& context, const SortField& field, ExpressionPointer column) {
  const auto type = column->return_type.id();
  const bool time = type == duckdb::LogicalTypeId::TIMESTAMP || type == duckdb::LogicalTypeId::DATE;
  switch (field.transform) {
    case Transform::Identity:
      return column;
    case Transform::Year:
      return time ? call(context, "date_trunc", constant("year"), std::move(column)) : nullptr;
    case Transform::Month:
      return time ? call(context, "date_trunc", constant("month"), std::move(column)) : nullptr;
    case Transform::Day:
      return time ? call(context, "date_trunc", constant("day"), std::move(column)) : nullptr;
    case Transform::Hour:
      return time ? call(context, "date_trunc", constant("hour"), std::move(column)) : nullptr;
    case Transform::Truncate:
      if (type != duckdb::LogicalTypeId::VARCHAR) return nullptr;
      return call(context, "left", std::move(column), constant(duckdb::Value::BIGINT(field.argument)));
    default:
      return nullptr;
  }
}

std::optional<duckdb::BoundOrderByNode> node_of(duckdb::ClientContext& context, const PathsTable& table,
                                                const SortField& field) {
  const int at = table.snapshot()->schema().index_of(field.column);
  if (at < 0) return std::nullopt;
  const auto index = static_cast<duckdb::idx_t>(at);
  const auto& type = table.GetColumns().GetColumn(duckdb::PhysicalIndex(index)).Type();
  if (type.IsNested()) return std::nullopt;
  auto value = value_of(context, field, duckdb::make_uniq<duckdb::BoundReferenceExpression>(type, index));
  if (!value) return std::nullopt;
  return duckdb::BoundOrderByNode(
      field.descending ? duckdb::OrderType::DESCENDING : duckdb::OrderType::ASCENDING,
      field.nulls_first ? duckdb::OrderByNullType::NULLS_FIRST : duckdb::OrderByNullType::NULLS_LAST, std::move(value));
}

}  // namespace

duckdb::PhysicalOperator& in_table_order(duckdb::ClientContext& context, duckdb::PhysicalPlanGenerator& planner,
                                         const PathsTable& table, duckdb::PhysicalOperator& plan) {
  const auto* sorted = dynamic_cast<const SortedSnapshot*>(table.snapshot().get());
  const std::vector<SortField> fields = sorted ? sorted->sort_order() : std::vector<SortField>();
  if (fields.empty() || plan.types != table.GetTypes()) return plan;
  const auto order = duckdb::PhysicalPlanGenerator::OrderPreservationRecursive(plan);
  if (order == duckdb::OrderPreservationType::FIXED_ORDER) return plan;
  duckdb::vector<duckdb::BoundOrderByNode> orders;
  for (const SortField& field : fields) {
    auto node = node_of(context, table, field);
    if (!node) return plan;
    orders.push_back(*std::move(node));
  }
  duckdb::vector<duckdb::idx_t> all;
  for (duckdb::idx_t i = 0; i < plan.types.size(); ++i) all.push_back(i);
  auto& sort =
      planner.Make<duckdb::PhysicalOrder>(plan.types, std::move(orders), std::move(all), plan.estimated_cardinality);
  sort.children.push_back(plan);
  return sort;
}

}  // namespace lakelet::sql
