// The catalogs in databases, by their URIs.
#pragma once

#include <map>
#include <mutex>

#include "catalogs/sql/sql_catalog.h"

namespace lakelet::catalogs {

// Catalogs stay open once they were named.
class SqlCatalogs final : public CatalogStore {
 public:
  explicit SqlCatalogs(std::string working_folder) : working_folder_(std::move(working_folder)) {}

  std::shared_ptr<CatalogTable> table(const std::string& uri) override;
  std::shared_ptr<Catalog> catalog(const std::string& uri) override;

 private:
  std::unique_ptr<SqlDatabase> database(const std::string& uri) const;
  std::string sqlite_file(const std::string& path) const;

  const std::string working_folder_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<SqlCatalog>> open_;  // by URI
};

}  // namespace lakelet::catalogs
