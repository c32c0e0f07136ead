#include "sql/paths_catalog.h"

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
#include "sql/create_table.h"
#include "sql/paths_transaction.h"
#include "sql/version_clause.h"

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
    if (info.on_conflict == duckdb::OnCreateConflict::IGNORE_ON_CONFLICT) {
      if (auto existing = lake.find(*this, info.table, LatestVersion{})) return existing.get();
    }
    const NewTable table = new_table_of(info);
    auto& change = lake.create(info.table, table);
    change.note(ConnectionState::of(*transaction.context).statement);
    return lake.find(*this, info.table, LatestVersion{}).get();
  });
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
void PathsSchema::DropEntry(duckdb::ClientContext&, duckdb::DropInfo&) {
  refuse("DROP");
}
void PathsSchema::Alter(Transaction, duckdb::AlterInfo&) {
  refuse("ALTER TABLE");
}

}  // namespace lakelet::sql
