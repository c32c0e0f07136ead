// ATTACH 'path' AS name (TYPE lakelet): the tables at a path as a catalog of their own.
#pragma once

#include <duckdb.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "sql/catalog/lake_names.h"
#include "sql/catalog/paths_catalog.h"

namespace lakelet::sql {

class LakeSchema final : public PathsSchema {
 public:
  LakeSchema(duckdb::Catalog& catalog, duckdb::CreateSchemaInfo& info, std::shared_ptr<const LakeNames> names)
      : PathsSchema(catalog, info), names_(std::move(names)) {}

  std::optional<std::string> path_of(const std::string& table) const override;
  // Gives the table another name, at once; false where tables are known by their place.
  bool rename(const std::string& table, const std::string& to) const;
  // Tables that can't be opened are passed over: what is wrong with one says whoever names it.
  void Scan(duckdb::ClientContext& context, duckdb::CatalogType type,
            const std::function<void(CatalogEntry&)>& visit) override;

 private:
  const std::shared_ptr<const LakeNames> names_;
};

class LakeCatalog final : public PathsCatalog {
 public:
  LakeCatalog(duckdb::AttachedDatabase& database, std::string uri, std::shared_ptr<const LakeNames> names);

  // Makes TYPE lakelet known to the engine's database, once, however many sessions ask for it.
  static void register_type(duckdb::DBConfig& config);

  const std::string& uri() const { return uri_; }

  void Initialize(bool load_builtin) override;
  duckdb::string GetCatalogType() override { return "lakelet"; }
  duckdb::string GetDBPath() override { return uri_; }
  duckdb::optional_ptr<duckdb::SchemaCatalogEntry> LookupSchema(duckdb::CatalogTransaction transaction,
                                                                const duckdb::EntryLookupInfo& lookup,
                                                                duckdb::OnEntryNotFound if_not_found) override;
  void ScanSchemas(duckdb::ClientContext&, std::function<void(duckdb::SchemaCatalogEntry&)> visit) override;
  // A schema is there for the session; on disk it appears with its first table.
  duckdb::optional_ptr<duckdb::CatalogEntry> CreateSchema(duckdb::CatalogTransaction,
                                                          duckdb::CreateSchemaInfo&) override;
  void DropSchema(duckdb::ClientContext&, duckdb::DropInfo&) override;

 private:
  LakeSchema& schema(const std::string& name);

  const std::string uri_;
  const std::shared_ptr<const LakeNames> names_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<LakeSchema>> schemas_;  // those that were named so far
  std::set<std::string> created_;
};

}  // namespace lakelet::sql
