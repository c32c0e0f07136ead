// A catalog in the tables of a database, as pyiceberg's SqlCatalog and Iceberg's JdbcCatalog keep it: iceberg_tables
// and iceberg_namespace_properties. A commit is an UPDATE of a table's metadata_location where it is what it was.
#pragma once

#include <atomic>

#include "catalogs/sql/sql_database.h"
#include "table/entry_catalog.h"

namespace lakelet::catalogs {

struct SqlCatalogOptions {
  std::string name;       // which of the database's catalogs; empty: the only one, or "default" if there is none
  std::string warehouse;  // the folder of new tables, unless their namespace has a location; may be empty
};

class SqlCatalog final : public EntryCatalog {
 public:
  // `uri`: what names it, options included.
  SqlCatalog(std::string uri, std::unique_ptr<SqlDatabase> database, SqlCatalogOptions options);

  const std::string& uri() const override { return uri_; }
  std::vector<std::string> namespaces() override;
  bool has_namespace(const std::string& name) override;
  void create_namespace(const std::string& name) override;
  void drop_namespace(const std::string& name) override;
  NamespaceProperties namespace_properties(const std::string& name) override;
  void change_namespace(const std::string& name, const NamespaceChange& change) override;
  std::vector<std::string> tables(const std::string& name) override;
  std::vector<std::string> views(const std::string& name) override;
  void rename(const std::string& name_space, const std::string& table, const std::string& to_name_space,
              const std::string& to) override;

  const std::string& format() const override;
  std::optional<CatalogPointer> find(const std::string& name_space, const std::string& table) override;
  std::string new_location(const std::string& name_space, const std::string& table) override;
  void require_moves_together(bool) override {}
  CatalogTable::Moved move(const std::vector<EntryMove>& moves) override;
  void drop(const std::string& name_space, const std::string& table) override;
  std::string instead(const std::string& name_space, const std::string& table) override;

 private:
  std::string name();  // of the catalog in its database
  bool there();        // whether the catalog's tables are
  void make_tables();
  std::string only_tables();  // a condition that leaves out views
  void require_namespace(const std::string& name);
  SqlDatabase::Statement statement_of(const EntryMove& move);

  const std::string uri_;
  const std::unique_ptr<SqlDatabase> database_;
  const SqlCatalogOptions options_;
  std::atomic<bool> there_{false};
};

}  // namespace lakelet::catalogs
