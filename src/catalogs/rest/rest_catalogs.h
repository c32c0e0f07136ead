// The REST catalogs, by their URIs: iceberg+http://host:8181/base?warehouse=w, and iceberg+https:.
#pragma once

#include <map>
#include <mutex>

#include "catalogs/rest/rest_catalog.h"

namespace lakelet::catalogs {

// Catalogs stay open once they were named.
class RestCatalogs final : public CatalogStore {
 public:
  // `options`: of the session, for all of its catalogs.
  explicit RestCatalogs(std::map<std::string, std::string> options) : options_(std::move(options)) {}

  std::shared_ptr<CatalogTable> table(const std::string& uri) override;
  std::shared_ptr<Catalog> catalog(const std::string& uri) override;
  bool is_secret(const std::string& option) const override;
  void keep_secret(const std::string& uri, const std::string& option, const std::string& value) override;

 private:
  const std::map<std::string, std::string> options_;
  std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::string>> secrets_;  // by the catalog's URI
  std::map<std::string, std::shared_ptr<RestCatalog>> open_;
};

}  // namespace lakelet::catalogs
