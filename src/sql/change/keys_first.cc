#include "sql/change/keys_first.h"

#include <algorithm>
#include <duckdb/optimizer/optimizer_extension.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/operator/logical_get.hpp>
#include <duckdb/planner/operator/logical_merge_into.hpp>
#include <duckdb/planner/operator/logical_projection.hpp>

#include "engine/engine_error.h"
#include "sql/catalog/paths_table.h"

namespace lakelet::sql {
namespace {

using duckdb::LogicalOperator;
using duckdb::MergeActionCondition;

// What waits for its rows is sorted, and the columns that are read later are read again where changed rows lie
// everywhere: measured, that pays while few rows change, and costs next to nothing while they are a few thousand.
constexpr duckdb::idx_t kFewRows = 20'000;
constexpr duckdb::idx_t kFewOf = 32;

duckdb::LogicalGet* find_get(LogicalOperator& plan, duckdb::idx_t table_index) {
  if (plan.type == duckdb::LogicalOperatorType::LOGICAL_GET) {
    auto& get = plan.Cast<duckdb::LogicalGet>();
    if (get.table_index == table_index) return &get;
  }
  for (auto& child : plan.children) {
    if (auto* found = find_get(*child, table_index)) return found;
  }
  return nullptr;
}

bool brings_few_rows(duckdb::ClientContext& context, LogicalOperator& plan, duckdb::LogicalGet& target) {
  auto* join = &plan;
  while (join->children.size() == 1) join = join->children[0].get();
  if (join->children.size() != 2) return false;
  auto& source = *join->children[find_get(*join->children[0], target.table_index) ? 1 : 0];
  const auto rows = source.EstimateCardinality(context);
  return rows <= std::max(kFewRows, target.EstimateCardinality(context) / kFewOf);
}

// The column of the target that a value of the merge's plan is; invalid for any other value.
duckdb::optional_idx plain_column(const duckdb::Expression& value, const duckdb::LogicalGet& target) {
  if (value.GetExpressionType() != duckdb::ExpressionType::BOUND_COLUMN_REF) return {};
  const auto& binding = value.Cast<duckdb::BoundColumnRefExpression>().binding;
  if (binding.table_index != target.table_index) return {};
  return target.GetColumnIds()[binding.column_index].GetPrimaryIndex();
}

// Takes out of the update what leaves a column as it is, and out of the plan what gave it.
void leave_out(duckdb::BoundMergeIntoAction& update, duckdb::LogicalProjection& plan, const PathsTable& table,
               const duckdb::LogicalGet& target) {
  for (duckdb::idx_t i = update.columns.size(); i-- > 0;) {
    if (update.expressions[i]->GetExpressionType() != duckdb::ExpressionType::BOUND_COLUMN_REF) continue;
    const auto& binding = update.expressions[i]->Cast<duckdb::BoundColumnRefExpression>().binding;
    if (binding.table_index != plan.table_index) continue;
    auto& value = plan.expressions[binding.column_index];
    const auto column = plain_column(*value, target);
    if (!column.IsValid() || column.GetIndex() != table.GetColumns().GetColumn(update.columns[i]).Oid()) continue;
    value = duckdb::make_uniq<duckdb::BoundConstantExpression>(duckdb::Value(value->return_type));
    update.columns.erase_at(i);
    update.expressions.erase_at(i);
  }
}

void apply(duckdb::ClientContext& context, duckdb::LogicalMergeInto& merge) {
  auto* table = dynamic_cast<PathsTable*>(&merge.table);
  auto& plan = *merge.children[0];
  if (!table || plan.type != duckdb::LogicalOperatorType::LOGICAL_PROJECTION) return;
  auto& values = plan.Cast<duckdb::LogicalProjection>();
  const auto& row_id = *values.expressions[merge.row_id_start];
  if (row_id.GetExpressionType() != duckdb::ExpressionType::BOUND_COLUMN_REF) return;
  auto* target = find_get(plan, row_id.Cast<duckdb::BoundColumnRefExpression>().binding.table_index);
  if (!target || !brings_few_rows(context, plan, *target)) return;
  const auto is_update = [](const auto& action) {
    return action->action_type == duckdb::MergeActionType::MERGE_UPDATE;
  };
  // It changes most rows, mostly.
  if (std::ranges::any_of(merge.actions[MergeActionCondition::WHEN_NOT_MATCHED_BY_SOURCE], is_update)) return;
  for (auto& action : merge.actions[MergeActionCondition::WHEN_MATCHED]) {
    if (is_update(action)) leave_out(*action, values, *table, *target);
  }
}

void walk(duckdb::ClientContext& context, LogicalOperator& plan) {
  if (plan.type == duckdb::LogicalOperatorType::LOGICAL_MERGE_INTO) {
    return apply(context, plan.Cast<duckdb::LogicalMergeInto>());
  }
  for (auto& child : plan.children) walk(context, *child);
}

void optimize(duckdb::OptimizerExtensionInput& input, duckdb::unique_ptr<LogicalOperator>& plan) {
  engine::inside_engine([&] { walk(input.context, *plan); });
}

}  // namespace

void register_keys_first(duckdb::ClientContext& context) {
  for (const auto& extension : duckdb::OptimizerExtension::Iterate(context)) {
    if (extension.pre_optimize_function == optimize) return;
  }
  duckdb::OptimizerExtension extension;
  extension.pre_optimize_function = optimize;
  duckdb::OptimizerExtension::Register(duckdb::DBConfig::GetConfig(context), std::move(extension));
}

}  // namespace lakelet::sql
