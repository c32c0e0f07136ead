#include "sql/catalog/paths_table.h"

#include <algorithm>
#include <duckdb/catalog/catalog_entry/schema_catalog_entry.hpp>
#include <duckdb/parser/constraints/not_null_constraint.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/operator/logical_get.hpp>
#include <duckdb/planner/operator/logical_projection.hpp>
#include <duckdb/planner/operator/logical_update.hpp>
#include <duckdb/storage/table_storage_info.hpp>

#include "engine/engine_error.h"
#include "engine/scan.h"
#include "engine/type_mapping.h"
#include "sql/catalog/paths_transaction.h"
#include "sql/change/table_change.h"
#include "sql/rules/computed_columns.h"
#include "table/row_tracking_view.h"

namespace lakelet::sql {

std::unique_ptr<PathsTable> PathsTable::make(duckdb::SchemaCatalogEntry& parent, const std::string& name,
                                             std::string uri, std::shared_ptr<const Snapshot> snapshot,
                                             const Schema& schema, bool latest, duckdb::ClientContext* context) {
  duckdb::CreateTableInfo info(parent, name);
  for (std::size_t i = 0; i < schema.size(); ++i) {
    duckdb::ColumnDefinition column(schema[i].name, engine::to_engine_type(schema[i].type));
    if (!schema[i].doc.empty()) column.SetComment(duckdb::Value(schema[i].doc));
    info.columns.AddColumn(std::move(column));
    if (!schema[i].nullable) {
      info.constraints.push_back(duckdb::make_uniq<duckdb::NotNullConstraint>(duckdb::LogicalIndex(i)));
    }
  }
  if (const auto& text = snapshot->metadata().description; !text.empty()) info.comment = duckdb::Value(text);
  RowRules rules;
  std::optional<Error> unreadable;
  try {
    if (latest) rules = snapshot->row_rules();
    if (context && !rules.empty()) add_defaults(*context, rules, info);
  } catch (const Error& error) {
    unreadable = error;  // whoever only reads isn't bothered by it
  }
  auto table = std::make_unique<PathsTable>(parent, info, std::move(uri), std::move(snapshot), latest);
  table->rules_ = std::move(rules);
  table->unreadable_rules_ = std::move(unreadable);
  return table;
}

const RowRules& PathsTable::rules() const {
  if (unreadable_rules_) throw *unreadable_rules_;
  return rules_;
}

PathsTable::PathsTable(duckdb::SchemaCatalogEntry& parent, duckdb::CreateTableInfo& info, std::string uri,
                       std::shared_ptr<const Snapshot> snapshot, bool latest)
    : TableCatalogEntry(parent.catalog, parent, info),
      uri_(std::move(uri)),
      snapshot_(std::move(snapshot)),
      scanned_(latest && snapshot_->version() >= 0 ? with_stored_row_ids(snapshot_) : snapshot_),
      latest_(latest) {}

void PathsTable::require_latest() const {
  if (latest_) return;
  throw Error(ErrorCode::InvalidArgument, "a version of the past can't be changed: " + name,
              "leave AT (...) out to change the table as it is now");
}

duckdb::TableFunction PathsTable::GetScanFunction(duckdb::ClientContext& context,
                                                  duckdb::unique_ptr<duckdb::FunctionData>& bind_data) {
  return engine::inside_engine([&] {
    engine::ScanSource source;
    source.snapshot = scanned_;
    if (tracks_rows()) source.stored_row_id = snapshot_->schema().size();
    source.entry = this;
    const TableChange* change = latest_ ? PathsTransaction::get(context, catalog).find_change(uri_) : nullptr;
    if (change && change->dirty()) {
      source.files = change->files();
    }
    const auto statement = ConnectionState::of(context).statement_number;
    scans_ = scans(statement) + 1;
    scanned_by_ = statement;
    auto bound = engine::bind_scan(context, std::move(source));
    bind_data = std::move(bound.bind_data);
    return bound.function;
  });
}

duckdb::unique_ptr<duckdb::BaseStatistics> PathsTable::GetStatistics(duckdb::ClientContext&, duckdb::column_t) {
  return nullptr;
}

duckdb::TableStorageInfo PathsTable::GetStorageInfo(duckdb::ClientContext&) {
  return {};
}

duckdb::virtual_column_map_t PathsTable::GetVirtualColumns() const {
  return engine::scan_virtual_columns(tracks_rows());
}

duckdb::vector<duckdb::column_t> PathsTable::GetRowIdColumns() const {
  if (!tracks_rows()) return {engine::kFileNumberColumn, engine::kRowPositionColumn};
  return {engine::kFileNumberColumn, engine::kRowPositionColumn, engine::kStoredRowIdColumn};
}

void PathsTable::BindUpdateConstraints(duckdb::Binder&, duckdb::LogicalGet& get, duckdb::LogicalProjection& projection,
                                       duckdb::LogicalUpdate& update, duckdb::ClientContext& context) {
  update.update_is_del_and_insert = true;
  engine::inside_engine([&] { assign_computed(context, *this, update); });
  for (const auto& column : columns.Physical()) {
    const auto assigned = std::find(update.columns.begin(), update.columns.end(), column.Physical());
    if (assigned != update.columns.end()) continue;
    const auto& scanned = get.GetColumnIds();
    duckdb::idx_t position = 0;
    while (position < scanned.size() && scanned[position].GetPrimaryIndex() != column.Logical().index) ++position;
    if (position == scanned.size()) get.AddColumnId(column.Logical().index);
    update.expressions.push_back(duckdb::make_uniq<duckdb::BoundColumnRefExpression>(
        column.Type(), duckdb::ColumnBinding(projection.table_index, projection.expressions.size())));
    projection.expressions.push_back(duckdb::make_uniq<duckdb::BoundColumnRefExpression>(
        column.Type(), duckdb::ColumnBinding(get.table_index, position)));
    update.columns.push_back(column.Physical());
  }
}

}  // namespace lakelet::sql
