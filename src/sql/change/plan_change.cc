#include <duckdb/execution/operator/persistent/physical_merge_into.hpp>
#include <duckdb/execution/operator/scan/physical_empty_result.hpp>
#include <duckdb/execution/operator/scan/physical_table_scan.hpp>
#include <duckdb/execution/physical_plan_generator.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/planner/operator/logical_create_table.hpp>
#include <duckdb/planner/operator/logical_delete.hpp>
#include <duckdb/planner/operator/logical_insert.hpp>
#include <duckdb/planner/operator/logical_merge_into.hpp>
#include <duckdb/planner/operator/logical_update.hpp>
#include <duckdb/planner/parsed_data/bound_create_table_info.hpp>

#include "engine/engine_error.h"
#include "engine/type_mapping.h"
#include "sql/catalog/paths_catalog.h"
#include "sql/change/change_operators.h"
#include "sql/change/whole_files.h"
#include "sql/ddl/create_table.h"
#include "sql/rules/computed_columns.h"
#include "sql/session/connection_state.h"
#include "sql/session/repeatable_source.h"

namespace lakelet::sql {
namespace {

using Plan = duckdb::PhysicalOperator;
using Generator = duckdb::PhysicalPlanGenerator;
using Expressions = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

bool reads_identity(const duckdb::PhysicalTableScan& scan) {
  bool file = false, position = false;
  for (const auto& column : scan.column_ids) {
    file |= column.GetPrimaryIndex() == engine::kFileNumberColumn;
    position |= column.GetPrimaryIndex() == engine::kRowPositionColumn;
  }
  return file && position;
}

void find_scans(Plan& plan, const PathsTable& table, std::vector<std::shared_ptr<engine::TableScan>>& found) {
  if (plan.type == duckdb::PhysicalOperatorType::TABLE_SCAN) {
    const auto& scan = plan.Cast<duckdb::PhysicalTableScan>();
    const auto lake = scan.bind_data ? engine::scan_of(*scan.bind_data) : nullptr;
    if (lake && lake->snapshot() == table.scanned() && reads_identity(scan)) found.push_back(lake);
  }
  for (auto& child : plan.children) find_scans(child.get(), table, found);
}

// The scan whose rows the statement takes away: the one that reads the identity of rows. Null if the plan has none.
std::shared_ptr<engine::TableScan> target_scan(Plan& plan, const PathsTable& table) {
  std::vector<std::shared_ptr<engine::TableScan>> found;
  find_scans(plan, table, found);
  if (found.size() > 1) {
    throw Error(ErrorCode::UnsupportedFeature,
                "a change of '" + table.name + "' whose query reads the positions of the table's own rows");
  }
  return found.empty() ? nullptr : found.front();
}

PathsTable& changed(duckdb::TableCatalogEntry& entry) {
  auto& table = static_cast<PathsTable&>(entry);
  table.require_latest();
  return table;
}

// As KeptRows gives them, or AssignedRows.
duckdb::vector<duckdb::LogicalType> kept_types(const PathsTable& table, const StatementChange& change) {
  auto types = table.GetTypes();
  if (table.tracks_rows()) types.insert(types.end(), 2, duckdb::LogicalType::BIGINT);
  if (change.has_partial_updates()) types.push_back(duckdb::LogicalType::INTEGER);
  return types;
}

// The columns of PathsTable::GetRowIdColumns, one after the other from `first` on.
RowIdentity identity_at(const PathsTable& table, duckdb::idx_t first) {
  RowIdentity identity{first, first + 1, {}};
  if (table.tracks_rows()) identity.stored_row_id = first + 2;
  return identity;
}

// take -> the rows that stay -> write. `returned`: the types of RETURNING, if there is one.
Plan& keep_and_write(Generator& planner, const PathsTable& table, const SharedChange& change, RowInput input,
                     const std::string& name, Plan& child, duckdb::vector<duckdb::LogicalType> returned) {
  if (!returned.empty()) change->give_back(returned.size() > table.GetTypes().size());
  auto& take = planner.Make<TakeRows>(kept_types(table, *change), change, std::move(input), name);
  take.children.push_back(child);
  auto& write = planner.Make<WriteRows>(change, WriteRows::Rows::Kept, false, ComputedColumns(), std::move(returned));
  write.children.push_back(take);
  return write;
}

template <typename Statement>
duckdb::vector<duckdb::LogicalType> returned_types(const Statement& op) {
  return op.return_chunk ? op.types : duckdb::vector<duckdb::LogicalType>();
}

bool in_fixed_order(Plan& plan) {
  return Generator::OrderPreservationRecursive(plan) == duckdb::OrderPreservationType::FIXED_ORDER;
}

// Puts a counter between the merge's join and its source: the side that doesn't read the target.
void count_source(Generator& planner, Plan& plan, const PathsTable& table, const SharedChange& change) {
  auto* join = &plan;
  while (join->children.size() == 1) join = &join->children[0].get();
  if (join->children.size() != 2) return;
  for (std::size_t side = 0; side < 2; ++side) {
    std::vector<std::shared_ptr<engine::TableScan>> found;
    find_scans(join->children[1 - side].get(), table, found);
    if (found.empty()) continue;
    auto& counted = planner.Make<CountRows>(join->children[side].get(), change);
    join->children[side] = counted;
    return;
  }
}

duckdb::unique_ptr<duckdb::MergeIntoOperator> plan_action(Generator& planner, const PathsTable& table,
                                                          duckdb::LogicalMergeInto& op, const SharedChange& change,
                                                          duckdb::BoundMergeIntoAction& action) {
  auto planned = duckdb::make_uniq<duckdb::MergeIntoOperator>();
  planned->action_type = action.action_type;
  planned->condition = std::move(action.condition);
  RowInput input;
  const RowIdentity identity = identity_at(table, op.row_id_start);
  input.refuse_duplicates = true;
  switch (action.action_type) {
    case duckdb::MergeActionType::MERGE_UPDATE:
      input.identity = identity;
      input.values = updated_values(table, action.columns, action.expressions, op.bound_defaults, input.computed);
      if (action.columns.size() < input.values.size()) {
        PartialUpdate update{std::vector<bool>(input.values.size(), false), input.computed};
        for (const auto& column : action.columns) update.assigned[column.index] = true;
        input.partial_update = change->add_partial_update(std::move(update));
      }
      break;
    case duckdb::MergeActionType::MERGE_DELETE:
      input.identity = identity;
      break;
    case duckdb::MergeActionType::MERGE_INSERT:
      input.computed = computed_by_insert(table, action.column_index_map, op.bound_defaults);
      for (const auto& column : table.GetColumns().Physical()) {
        if (action.column_index_map.empty()) break;
        const auto index = action.column_index_map[column.Physical()];
        planned->expressions.push_back(index == duckdb::DConstants::INVALID_INDEX
                                           ? op.bound_defaults[column.StorageOid()]->Copy()
                                           : std::move(action.expressions[index]));
      }
      if (action.column_index_map.empty()) planned->expressions = std::move(action.expressions);
      break;
    case duckdb::MergeActionType::MERGE_ERROR:
      planned->expressions = std::move(action.expressions);
      return planned;
    case duckdb::MergeActionType::MERGE_DO_NOTHING:
      return planned;
  }
  planned->op = planner.Make<MergeActionRows>(change, std::move(input));
  return planned;
}

}  // namespace

Plan& PathsCatalog::PlanInsert(duckdb::ClientContext& context, Planner& planner, duckdb::LogicalInsert& op,
                               duckdb::optional_ptr<Plan> plan) {
  return engine::inside_engine([&]() -> Plan& {
    auto& table = changed(op.table);
    const bool appends = !ConnectionState::of(context).options.replace_all;
    if (appends && is_repeatable(*plan)) RepeatableSource::of(context) = true;
    auto computed = computed_by_insert(table, op.column_index_map, op.bound_defaults);
    if (!op.column_index_map.empty()) plan = planner.ResolveDefaultsProjection(op, *plan);
    const auto change = std::make_shared<StatementChange>(table, Operation::Append, nullptr);
    if (in_fixed_order(*plan)) change->keep_order();
    auto returned = op.return_chunk ? table.GetTypes() : duckdb::vector<duckdb::LogicalType>();
    auto& write = planner.Make<WriteRows>(change, WriteRows::Rows::New, in_fixed_order(*plan), std::move(computed),
                                          std::move(returned));
    write.children.push_back(*plan);
    return write;
  });
}

Plan& PathsCatalog::PlanCreateTableAs(duckdb::ClientContext&, Planner& planner, duckdb::LogicalCreateTable& op,
                                      Plan& plan) {
  return engine::inside_engine([&]() -> Plan& {
    auto& info = op.info->Base();
    const auto change =
        std::make_shared<StatementChange>(static_cast<PathsSchema&>(op.schema), info, new_table_of(info));
    if (in_fixed_order(plan)) change->keep_order();
    auto& write = planner.Make<WriteRows>(change, WriteRows::Rows::New, in_fixed_order(plan));
    write.children.push_back(plan);
    return write;
  });
}

Plan& PathsCatalog::PlanDelete(duckdb::ClientContext& context, Planner& planner, duckdb::LogicalDelete& op,
                               Plan& plan) {
  return engine::inside_engine([&]() -> Plan& {
    auto& table = changed(op.table);
    const auto change = std::make_shared<StatementChange>(table, Operation::Delete, target_scan(plan, table));
    if (auto files = files_that_go(context, plan, table)) {
      change->take_whole(*std::move(files));
      return keep_and_write(planner, table, change, {}, "LAKE_DELETE",
                            planner.Make<duckdb::PhysicalEmptyResult>(plan.types, 0), returned_types(op));
    }
    RowInput input;
    input.identity = RowIdentity{op.expressions[0]->Cast<duckdb::BoundReferenceExpression>().index,
                                 op.expressions[1]->Cast<duckdb::BoundReferenceExpression>().index,
                                 {}};
    return keep_and_write(planner, table, change, std::move(input), "LAKE_DELETE", plan, returned_types(op));
  });
}

Plan& PathsCatalog::PlanUpdate(duckdb::ClientContext&, Planner& planner, duckdb::LogicalUpdate& op, Plan& plan) {
  return engine::inside_engine([&]() -> Plan& {
    auto& table = changed(op.table);
    const auto change = std::make_shared<StatementChange>(table, Operation::Update, target_scan(plan, table));
    RowInput input;
    input.identity = identity_at(table, plan.types.size() - table.GetRowIdColumns().size());  // the binder puts it last
    input.values = updated_values(table, op.columns, op.expressions, op.bound_defaults, input.computed);
    return keep_and_write(planner, table, change, std::move(input), "LAKE_UPDATE", plan, returned_types(op));
  });
}

Plan& PathsCatalog::PlanMergeInto(duckdb::ClientContext&, Planner& planner, duckdb::LogicalMergeInto& op, Plan& plan) {
  return engine::inside_engine([&]() -> Plan& {
    auto& table = changed(op.table);
    const auto change = std::make_shared<StatementChange>(table, Operation::Merge, target_scan(plan, table));
    count_source(planner, plan, table, change);
    duckdb::map<duckdb::MergeActionCondition, duckdb::vector<duckdb::unique_ptr<duckdb::MergeIntoOperator>>> actions;
    for (auto& [condition, bound] : op.actions) {
      for (auto& action : bound) actions[condition].push_back(plan_action(planner, table, op, change, *action));
    }
    const duckdb::vector<duckdb::LogicalType> count{duckdb::LogicalType::BIGINT};
    auto& merge = planner.Make<duckdb::PhysicalMergeInto>(count, std::move(actions), op.row_id_start, op.source_marker,
                                                          true, false);
    merge.children.push_back(plan);
    return keep_and_write(planner, table, change, {}, "LAKE_MERGE", merge, returned_types(op));
  });
}

}  // namespace lakelet::sql
