// The built-in catalog that makes a quoted path a table: on the search path of every session, after its own tables. It
// lists nothing; a name is looked up where it points to.
#pragma once

#include <duckdb.hpp>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/catalog/catalog_entry/schema_catalog_entry.hpp>
#include <duckdb/storage/database_size.hpp>
#include <memory>
#include <optional>
#include <string>

namespace lakelet::sql {

class PathsTransaction;
class TableChange;
struct NewTable;

inline constexpr const char* kPathsCatalog = "paths";
inline constexpr const char* kPathsSchema = "main";

class PathsSchema : public duckdb::SchemaCatalogEntry {
 public:
  PathsSchema(duckdb::Catalog& catalog, duckdb::CreateSchemaInfo& info) : SchemaCatalogEntry(catalog, info) {}

  // The path or URI that the name of a table stands for; nullopt: no table can have it.
  virtual std::optional<std::string> path_of(const std::string& table) const { return table; }

  duckdb::optional_ptr<duckdb::CatalogEntry> LookupEntry(duckdb::CatalogTransaction transaction,
                                                         const duckdb::EntryLookupInfo& lookup) override;
  duckdb::optional_ptr<duckdb::CatalogEntry> CreateTable(duckdb::CatalogTransaction transaction,
                                                         duckdb::BoundCreateTableInfo& info) override;
  // Begins to make the table, or to make the one that is there anew if OR REPLACE was said.
  TableChange& create_or_replace(PathsTransaction& lake, const duckdb::CreateTableInfo& info, const NewTable& table);
  void Scan(duckdb::ClientContext&, duckdb::CatalogType, const std::function<void(CatalogEntry&)>&) override {}
  void Scan(duckdb::CatalogType, const std::function<void(CatalogEntry&)>&) override {}

  // What a folder of files can't hold, or what isn't built yet: refused by name.
  using Transaction = duckdb::CatalogTransaction;
  using Entry = duckdb::optional_ptr<duckdb::CatalogEntry>;
  Entry CreateIndex(Transaction, duckdb::CreateIndexInfo&, duckdb::TableCatalogEntry&) override;
  Entry CreateFunction(Transaction, duckdb::CreateFunctionInfo&) override;
  Entry CreateView(Transaction, duckdb::CreateViewInfo&) override;
  Entry CreateSequence(Transaction, duckdb::CreateSequenceInfo&) override;
  Entry CreateTableFunction(Transaction, duckdb::CreateTableFunctionInfo&) override;
  Entry CreateCopyFunction(Transaction, duckdb::CreateCopyFunctionInfo&) override;
  Entry CreatePragmaFunction(Transaction, duckdb::CreatePragmaFunctionInfo&) override;
  Entry CreateCollation(Transaction, duckdb::CreateCollationInfo&) override;
  Entry CreateType(Transaction, duckdb::CreateTypeInfo&) override;
  void DropEntry(duckdb::ClientContext&, duckdb::DropInfo&) override;
  void Alter(Transaction, duckdb::AlterInfo& info) override;
};

class PathsCatalog : public duckdb::Catalog {
 public:
  explicit PathsCatalog(duckdb::AttachedDatabase& database) : Catalog(database) {}

  // Attaches the catalog to the engine's database, once, however many sessions ask for it.
  static void attach(duckdb::Connection& connection);

  void Initialize(bool load_builtin) override;
  duckdb::string GetCatalogType() override { return "lakelet_paths"; }
  bool SupportsTimeTravel() const override { return true; }
  bool InMemory() override { return false; }
  duckdb::string GetDBPath() override { return {}; }
  duckdb::DatabaseSize GetDatabaseSize(duckdb::ClientContext&) override { return {}; }
  // Never the same twice: a prepared statement is bound again each time, to the tables as they are then.
  duckdb::optional_idx GetCatalogVersion(duckdb::ClientContext&) override { return ++version_; }
  duckdb::ErrorData SupportsCreateTable(duckdb::BoundCreateTableInfo& info) override;

  duckdb::optional_ptr<duckdb::SchemaCatalogEntry> LookupSchema(duckdb::CatalogTransaction transaction,
                                                                const duckdb::EntryLookupInfo& lookup,
                                                                duckdb::OnEntryNotFound if_not_found) override;
  void ScanSchemas(duckdb::ClientContext&, std::function<void(duckdb::SchemaCatalogEntry&)> visit) override;
  duckdb::optional_ptr<duckdb::CatalogEntry> CreateSchema(duckdb::CatalogTransaction,
                                                          duckdb::CreateSchemaInfo&) override;
  void DropSchema(duckdb::ClientContext&, duckdb::DropInfo&) override;

  // plan_change.cc
  using Plan = duckdb::PhysicalOperator;
  using Planner = duckdb::PhysicalPlanGenerator;
  Plan& PlanCreateTableAs(duckdb::ClientContext&, Planner&, duckdb::LogicalCreateTable& op, Plan& plan) override;
  Plan& PlanInsert(duckdb::ClientContext&, Planner&, duckdb::LogicalInsert& op,
                   duckdb::optional_ptr<Plan> plan) override;
  Plan& PlanDelete(duckdb::ClientContext&, Planner&, duckdb::LogicalDelete& op, Plan& plan) override;
  Plan& PlanUpdate(duckdb::ClientContext&, Planner&, duckdb::LogicalUpdate& op, Plan& plan) override;
  Plan& PlanMergeInto(duckdb::ClientContext&, Planner&, duckdb::LogicalMergeInto& op, Plan& plan) override;

 private:
  std::unique_ptr<PathsSchema> schema_;
  std::atomic<duckdb::idx_t> version_{0};
};

}  // namespace lakelet::sql
