#include "sql/catalog/paths_catalog.h"

#include <fmt/format.h>

#include <duckdb/catalog/entry_lookup_info.hpp>
#include <duckdb/main/attached_database.hpp>
#include <duckdb/main/database.hpp>
#include <duckdb/main/database_manager.hpp>
#include <duckdb/parser/parsed_data/alter_info.hpp>
#include <duckdb/parser/parsed_data/create_schema_info.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/parser/parsed_data/drop_info.hpp>
#include <duckdb/planner/parsed_data/bound_create_table_info.hpp>
#include <duckdb/storage/storage_extension.hpp>

#include "engine/engine_error.h"
#include "sql/catalog/lake_catalog.h"
#include "sql/catalog/paths_transaction.h"
#include "sql/catalog/version_clause.h"
#include "sql/ddl/alter_statement.h"
#include "sql/ddl/create_table.h"
#include "sql/ddl/layout_change.h"
#include "sql/ddl/new_rules.h"
#include "sql/rules/kept_rules.h"

namespace lakelet::sql {
namespace {

constexpr const char* kStorageType = "lakelet_paths";

[[noreturn]] void refuse(const std::string& what) {
  engine::pass_through(Error(ErrorCode::UnsupportedFeature, what + " isn't supported for lake tables"));
}

duckdb::shared_ptr<duckdb::StorageExtension> storage() {
  auto extension = duckdb::make_shared_ptr<duckdb::StorageExtension>();
  extension->attach = [](duckdb::optional_ptr<duckdb::StorageExtensionInfo>, duckdb::ClientContext&,
                         duckdb::AttachedDatabase& database, const duckdb::string&, duckdb::AttachInfo&,
                         duckdb::AttachOptions&) -> duckdb::unique_ptr<duckdb::Catalog> {
    return duckdb::make_uniq<PathsCatalog>(database);
  };
  extension->create_transaction_manager = [](duckdb::optional_ptr<duckdb::StorageExtensionInfo>,
                                             duckdb::AttachedDatabase& database,
                                             duckdb::Catalog&) -> duckdb::unique_ptr<duckdb::TransactionManager> {
    return duckdb::make_uniq<PathsTransactionManager>(database);
  };
  return extension;
}

}  // namespace

void PathsCatalog::attach(duckdb::Connection& connection) {
  auto& database = *connection.context->db;
  if (!duckdb::StorageExtension::Find(database.config, kStorageType)) {
    duckdb::StorageExtension::Register(database.config, kStorageType, storage());
  }
  LakeCatalog::register_type(database.config);
  const auto result =
      connection.Query(std::string("ATTACH IF NOT EXISTS '' AS ") + kPathsCatalog + " (TYPE " + kStorageType + ")");
  if (result->HasError()) throw engine::to_error(result->GetErrorObject());
}

void PathsCatalog::Initialize(bool) {
  duckdb::CreateSchemaInfo info;
  info.schema = kPathsSchema;
  schema_ = std::make_unique<PathsSchema>(*this, info);
}

duckdb::ErrorData PathsCatalog::SupportsCreateTable(duckdb::BoundCreateTableInfo&) {
  return {};  // new_table_of() says what it doesn't take, by name
}

duckdb::optional_ptr<duckdb::SchemaCatalogEntry> PathsCatalog::LookupSchema(duckdb::CatalogTransaction,
                                                                            const duckdb::EntryLookupInfo& lookup,
                                                                            duckdb::OnEntryNotFound if_not_found) {
  if (duckdb::StringUtil::CIEquals(lookup.GetEntryName(), kPathsSchema)) return schema_.get();
  if (if_not_found == duckdb::OnEntryNotFound::RETURN_NULL) return nullptr;
  engine::pass_through(Error(ErrorCode::NotFound, "the catalog of paths has no schema " + lookup.GetEntryName()));
}

void PathsCatalog::ScanSchemas(duckdb::ClientContext&, std::function<void(duckdb::SchemaCatalogEntry&)> visit) {
  visit(*schema_);
}

duckdb::optional_ptr<duckdb::CatalogEntry> PathsCatalog::CreateSchema(duckdb::CatalogTransaction,
                                                                      duckdb::CreateSchemaInfo&) {
  refuse("CREATE SCHEMA");
}

void PathsCatalog::DropSchema(duckdb::ClientContext&, duckdb::DropInfo&) {
  refuse("DROP SCHEMA");
}

duckdb::optional_ptr<duckdb::CatalogEntry> PathsSchema::LookupEntry(duckdb::CatalogTransaction transaction,
                                                                    const duckdb::EntryLookupInfo& lookup) {
  if (lookup.GetCatalogType() != duckdb::CatalogType::TABLE_ENTRY || !transaction.transaction) return nullptr;
  return engine::inside_engine([&]() -> duckdb::optional_ptr<duckdb::CatalogEntry> {
    auto& lake = transaction.transaction->Cast<PathsTransaction>();
    return lake.find(*this, lookup.GetEntryName(), selector_of(lookup.GetAtClause())).get();
  });
}

duckdb::optional_ptr<duckdb::CatalogEntry> PathsSchema::CreateTable(duckdb::CatalogTransaction transaction,
                                                                    duckdb::BoundCreateTableInfo& bound) {
  return engine::inside_engine([&]() -> duckdb::optional_ptr<duckdb::CatalogEntry> {
    auto& info = bound.Base();
    auto& lake = transaction.transaction->Cast<PathsTransaction>();
    auto existing = lake.find(*this, info.table, LatestVersion{});
    if (existing && info.on_conflict == duckdb::OnCreateConflict::IGNORE_ON_CONFLICT) return existing.get();
    const NewTable table = new_table_of(info);
    TableChange& change = create_or_replace(lake, info, table);
    auto& state = ConnectionState::of(*transaction.context);
    change.note(state.statement);
    if (state.new_rules) keep_rules(*transaction.context, lake, *this, info.table, change, *state.new_rules);
    lake.refresh(change.uri());
    return lake.find(*this, info.table, LatestVersion{}).get();
  });
}

TableChange& PathsSchema::create_or_replace(PathsTransaction& lake, const duckdb::CreateTableInfo& info,
                                            const NewTable& table) {
  const auto path = path_of(info.table);
  if (!path)
    throw Error(ErrorCode::InvalidArgument, fmt::format("no table here can be called '{}'", std::string(info.table)));
  const bool replaces = info.on_conflict == duckdb::OnCreateConflict::REPLACE_ON_CONFLICT;
  const auto existing = replaces ? lake.find(*this, info.table, LatestVersion{}) : nullptr;
  if (!existing) return lake.create(*path, table);
  TableChange& change = lake.change(*existing);
  change.require(Access::ChangeRows);
  change.replace(table.spec);
  lake.refresh(change.uri());
  return change;
}

PathsSchema::Entry PathsSchema::CreateIndex(Transaction, duckdb::CreateIndexInfo&, duckdb::TableCatalogEntry&) {
  refuse("CREATE INDEX");
}
PathsSchema::Entry PathsSchema::CreateFunction(Transaction, duckdb::CreateFunctionInfo&) {
  refuse("CREATE FUNCTION");
}
PathsSchema::Entry PathsSchema::CreateView(Transaction, duckdb::CreateViewInfo&) {
  refuse("CREATE VIEW at a path");
}
PathsSchema::Entry PathsSchema::CreateSequence(Transaction, duckdb::CreateSequenceInfo&) {
  refuse("CREATE SEQUENCE");
}
PathsSchema::Entry PathsSchema::CreateTableFunction(Transaction, duckdb::CreateTableFunctionInfo&) {
  refuse("a table function");
}
PathsSchema::Entry PathsSchema::CreateCopyFunction(Transaction, duckdb::CreateCopyFunctionInfo&) {
  refuse("a copy function");
}
PathsSchema::Entry PathsSchema::CreatePragmaFunction(Transaction, duckdb::CreatePragmaFunctionInfo&) {
  refuse("a pragma function");
}
PathsSchema::Entry PathsSchema::CreateCollation(Transaction, duckdb::CreateCollationInfo&) {
  refuse("a collation");
}
PathsSchema::Entry PathsSchema::CreateType(Transaction, duckdb::CreateTypeInfo&) {
  refuse("CREATE TYPE");
}
void PathsSchema::DropEntry(duckdb::ClientContext& context, duckdb::DropInfo& info) {
  if (info.type != duckdb::CatalogType::TABLE_ENTRY) refuse("DROP of anything but a table");
  engine::inside_engine([&] {
    auto& lake = PathsTransaction::get(context, catalog);
    if (const auto table = lake.find(*this, info.name, LatestVersion{})) return lake.drop(*table);
    if (info.if_not_found == duckdb::OnEntryNotFound::THROW_EXCEPTION) {
      throw Error(ErrorCode::NotFound, fmt::format("there is no table {}", std::string(info.name)));
    }
  });
}
void PathsSchema::Alter(Transaction transaction, duckdb::AlterInfo& info) {
  engine::inside_engine([&] {
    auto& lake = transaction.transaction->Cast<PathsTransaction>();
    auto& context = *transaction.context;
    auto table = lake.find(*this, info.name, LatestVersion{});
    if (!table) throw Error(ErrorCode::NotFound, fmt::format("there is no table {}", std::string(info.name)));
    if (const auto layout = layout_change_of(info)) return change_layout(context, *table, *layout);
    const auto& state = ConnectionState::of(context);
    if (const auto to = new_table_name(info)) {
      if (lake.changes(table->uri())) {
        throw Error(ErrorCode::UnsupportedFeature, "RENAME TO is a transaction of its own: " + table->uri(),
                    "COMMIT before it");
      }
      const auto* lake_schema = dynamic_cast<const LakeSchema*>(this);
      if (lake_schema && lake_schema->rename(info.name, *to)) return lake.refresh(table->uri());
    }
    alter_table(context, *table, in_dialect(context, *table, alteration_of(info)),
                state.rows_checked_for == state.statement_number);
  });
}

}  // namespace lakelet::sql
