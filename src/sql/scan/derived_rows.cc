#include "sql/scan/derived_rows.h"

#include <fmt/format.h>

#include <duckdb/catalog/catalog.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/parser/expression/operator_expression.hpp>
#include <duckdb/parser/parser.hpp>
#include <duckdb/parser/query_node/select_node.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <duckdb/parser/tableref/basetableref.hpp>
#include <duckdb/parser/tableref/subqueryref.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>

#include "engine/engine_error.h"
#include "engine/scan.h"
#include "sql/catalog/paths_catalog.h"
#include "sql/catalog/paths_transaction.h"
#include "sql/catalog/version_clause.h"
#include "sql/scan/settled_changes.h"
#include "sql/sql_session.h"
#include "table/row_tracking_view.h"

namespace lakelet::sql {
namespace {

using Expression = duckdb::unique_ptr<duckdb::ParsedExpression>;

PathsTransaction& transaction_of(duckdb::ClientContext& context) {
  return PathsTransaction::get(context, duckdb::Catalog::GetCatalog(context, kPathsCatalog));
}

duckdb::unique_ptr<duckdb::TableRef> view_reference(PathsTransaction& transaction, const std::string& name,
                                                    std::shared_ptr<const Snapshot> rows) {
  transaction.bind_view(name, std::move(rows));
  auto reference = duckdb::make_uniq<duckdb::BaseTableRef>();
  reference->catalog_name = kPathsCatalog;
  reference->schema_name = kPathsSchema;
  reference->table_name = name;
  return reference;
}

Expression column(const std::string& name) {
  return duckdb::make_uniq<duckdb::ColumnRefExpression>(name);
}

duckdb::unique_ptr<duckdb::TableRef> query_reference(duckdb::ClientContext& context, const std::string& query) {
  duckdb::Parser parser(context.GetParserOptions());
  parser.ParseQuery(query);
  return duckdb::make_uniq<duckdb::SubqueryRef>(
      duckdb::unique_ptr_cast<duckdb::SQLStatement, duckdb::SelectStatement>(std::move(parser.statements.at(0))));
}

// coalesce(stored, otherwise [+ the row's position]) AS name
Expression tracked_column(const TrackedRows::Column& tracked, const std::string& position) {
  Expression otherwise = column(tracked.otherwise);
  if (!position.empty()) {
    duckdb::vector<Expression> parts;
    parts.push_back(std::move(otherwise));
    parts.push_back(column(position));
    otherwise = duckdb::make_uniq<duckdb::FunctionExpression>("+", std::move(parts), nullptr, nullptr, false, true);
  }
  auto value = duckdb::make_uniq<duckdb::OperatorExpression>(duckdb::ExpressionType::OPERATOR_COALESCE,
                                                             column(tracked.stored), std::move(otherwise));
  value->SetAlias(tracked.name);
  return value;
}

std::string position_column(const Snapshot& snapshot) {
  const std::string name = engine::scan_virtual_columns().at(engine::kRowPositionColumn).name;
  if (!snapshot.schema().find(name)) return name;
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("{} has a column {} of its own: its rows can't be read with their ids",
                          snapshot.location().uri, name),
              "leave row_ids out");
}

// Arguments of a range, as far as they are given.
ChangeRange range_of(const duckdb::vector<duckdb::Value>& inputs) {
  ChangeRange range;
  if (inputs[1].IsNull())
    throw Error(ErrorCode::InvalidArgument, "lake_changes needs a version or a time to begin with");
  range.from = version_or_time("the beginning of lake_changes", inputs[1]);
  if (inputs.size() > 2) range.to = version_or_time("the end of lake_changes", inputs[2]);
  return range;
}

duckdb::unique_ptr<duckdb::TableRef> bind_changes(duckdb::ClientContext& context,
                                                  duckdb::TableFunctionBindInput& input) {
  return engine::inside_engine([&] {
    if (input.inputs[0].IsNull()) throw Error(ErrorCode::InvalidArgument, "lake_changes needs a path or URI");
    auto reference =
        changes_reference(context, input.inputs[0].GetValue<duckdb::string>(), range_of(input.inputs), LatestVersion{});
    reference->alias = input.ref.alias.empty() ? input.table_function.name : input.ref.alias;
    reference->column_name_alias = input.ref.column_name_alias;
    return reference;
  });
}

}  // namespace

duckdb::unique_ptr<duckdb::TableRef> changes_reference(duckdb::ClientContext& context, const std::string& uri,
                                                       const ChangeRange& range, const VersionSelector& version) {
  auto& transaction = transaction_of(context);
  auto newest = transaction.snapshot(uri, version);
  const auto feed = ConnectionState::of(context).open(uri).table->changes(std::move(newest), range);
  const std::string name =
      fmt::format("changes of {} {} from {} to {}", uri, to_key(version), to_key(range.from), to_key(range.to));
  auto rows = view_reference(transaction, name, scannable(feed));
  const std::string settled =
      settled_changes(*feed, fmt::format("{}.{}.{}", kPathsCatalog, kPathsSchema, quote_identifier(name)));
  return settled.empty() ? std::move(rows) : query_reference(context, settled);
}

duckdb::unique_ptr<duckdb::TableRef> tracked_reference(duckdb::ClientContext& context, const std::string& uri,
                                                       const VersionSelector& selector) {
  auto& transaction = transaction_of(context);
  const auto snapshot = transaction.snapshot(uri, selector);
  TrackedRows tracked = track_rows(snapshot);
  auto select = duckdb::make_uniq<duckdb::SelectNode>();
  for (const Field& field : snapshot->schema().fields()) select->select_list.push_back(column(field.name));
  select->select_list.push_back(tracked_column(tracked.row_id, position_column(*snapshot)));
  select->select_list.push_back(tracked_column(tracked.row_version, ""));
  select->from_table = view_reference(transaction, fmt::format("rows of {} {} with their ids", uri, to_key(selector)),
                                      std::move(tracked.rows));
  auto statement = duckdb::make_uniq<duckdb::SelectStatement>();
  statement->node = std::move(select);
  return duckdb::make_uniq<duckdb::SubqueryRef>(std::move(statement));
}

void register_change_function(duckdb::DatabaseInstance& database) {
  duckdb::ExtensionLoader loader(database, "lakelet");
  if (loader.TryGetTableFunction("lake_changes")) return;
  duckdb::TableFunctionSet set("lake_changes");
  for (const bool with_end : {false, true}) {
    duckdb::vector<duckdb::LogicalType> arguments{duckdb::LogicalType::VARCHAR, duckdb::LogicalType::ANY};
    if (with_end) arguments.push_back(duckdb::LogicalType::ANY);
    duckdb::TableFunction function("lake_changes", std::move(arguments), nullptr, nullptr);
    function.bind_replace = bind_changes;
    set.AddFunction(std::move(function));
  }
  loader.RegisterFunction(std::move(set));
}

}  // namespace lakelet::sql
