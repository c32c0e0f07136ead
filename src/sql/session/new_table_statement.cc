#include "sql/session/new_table_statement.h"

#include <duckdb/main/database_manager.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/parser/statement/create_statement.hpp>
#include <duckdb/parser/statement/explain_statement.hpp>
#include <duckdb/planner/binder.hpp>

#include "engine/engine_error.h"
#include "sql/catalog/paths_catalog.h"
#include "sql/ddl/create_table.h"

namespace lakelet::sql {
namespace {

// DuckDB's parser takes names of options in lower case; the names of properties have capitals. As they were written:
void restore_names(duckdb::CreateTableInfo& table, const std::string& text) {
  const std::string lower = duckdb::StringUtil::Lower(text);
  duckdb::case_insensitive_map_t<duckdb::unique_ptr<duckdb::ParsedExpression>> options;
  for (auto& [name, value] : table.options) {
    const auto at = lower.find(duckdb::StringUtil::Lower(name));
    options[at == std::string::npos ? name : text.substr(at, name.size())] = std::move(value);
  }
  table.options = std::move(options);
}

duckdb::CreateTableInfo* new_table(duckdb::SQLStatement& statement) {
  if (statement.type == duckdb::StatementType::EXPLAIN_STATEMENT) {
    return new_table(*statement.Cast<duckdb::ExplainStatement>().stmt);
  }
  if (statement.type != duckdb::StatementType::CREATE_STATEMENT) return nullptr;
  auto& info = *statement.Cast<duckdb::CreateStatement>().info;
  return info.type == duckdb::CatalogType::TABLE_ENTRY ? &info.Cast<duckdb::CreateTableInfo>() : nullptr;
}

// Whether the table will be one of a lake's.
bool makes_lake_table(duckdb::ClientContext& context, const duckdb::CreateTableInfo& info) {
  if (info.temporary) return false;
  bool lake = false;
  context.RunFunctionInTransaction([&] {
    auto catalog = info.catalog;
    auto schema = info.schema == INVALID_SCHEMA ? duckdb::string() : info.schema;
    duckdb::Binder::BindSchemaOrCatalog(context, catalog, schema);
    if (catalog.empty()) catalog = duckdb::DatabaseManager::GetDefaultDatabase(context);
    const auto found = duckdb::Catalog::GetCatalogEntry(context, catalog);
    lake = dynamic_cast<const PathsCatalog*>(found.get()) != nullptr;
  });
  return lake;
}

}  // namespace

void route_create(duckdb::SQLStatement& statement) {
  if (statement.type == duckdb::StatementType::EXPLAIN_STATEMENT) {
    return route_create(*statement.Cast<duckdb::ExplainStatement>().stmt);
  }
  if (statement.type != duckdb::StatementType::CREATE_STATEMENT) return;
  auto& info = *statement.Cast<duckdb::CreateStatement>().info;
  if (info.type != duckdb::CatalogType::TABLE_ENTRY || info.temporary) return;
  auto& table = info.Cast<duckdb::CreateTableInfo>();
  if (!table.options.empty()) restore_names(table, statement.query);
  const bool unqualified = info.catalog.empty() && (info.schema.empty() || info.schema == INVALID_SCHEMA);
  if (!unqualified || (!looks_like_path(table.table) && !table.options.contains("format"))) return;
  info.catalog = kPathsCatalog;
  info.schema = kPathsSchema;
}

std::shared_ptr<NewRules> rules_of_new_table(duckdb::ClientContext& context, duckdb::SQLStatement& statement) {
  auto* table = new_table(statement);
  if (!table || table->query) return nullptr;
  const bool identity = has_identity(*table);
  if (!engine::on_engine([&] { return makes_lake_table(context, *table); })) {
    if (!identity) return nullptr;
    throw Error(ErrorCode::UnsupportedFeature, "only lake tables have identity columns",
                "a table of the session's own takes DEFAULT nextval('a sequence')");
  }
  auto rules = std::make_shared<NewRules>(take_rules(*table, statement.query));
  return rules->empty() ? nullptr : rules;
}

}  // namespace lakelet::sql
