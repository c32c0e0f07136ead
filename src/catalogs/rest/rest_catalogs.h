// The REST catalogs, by their URIs: iceberg+http://host:8181/base?warehouse=w, and iceberg+https:.
#pragma once

#include <map>
#include <mutex>

#include "catalogs/rest/rest_catalog.h"

namespace lakelet::catalogs {

// What a configuration says of a catalog; its options may be secrets.
struct CatalogOptions {
  std::string uri;
  std::map<std::string, std::string> options;  // "token", "scope", "header.X-Tenant" ...
};
using Configured =
    std::function<std::vector<CatalogOptions>(const std::function<bool(const std::string& uri)>& wanted)>;

// Catalogs stay open once they were named.
class RestCatalogs final : public CatalogStore {
 public:
  // `options`: of the session, for all of its catalogs. `configured`: those of its configuration, asked for when one is
  // opened. `given_up`: whether nobody waits for answers any more.
  // `variable`, `lend`: as RestOptions has them.
  explicit RestCatalogs(std::map<std::string, std::string> options, Configured configured = {},
                        std::function<bool()> given_up = {},
                        std::function<std::optional<std::string>(const std::string&)> variable = {}, Lend lend = {})
      : options_(std::move(options)),
        configured_(std::move(configured)),
        given_up_(std::move(given_up)),
        variable_(std::move(variable)),
        lend_(std::move(lend)) {}

  std::shared_ptr<CatalogTable> table(const std::string& uri) override;
  std::shared_ptr<Catalog> catalog(const std::string& uri) override;
  bool is_secret(const std::string& option) const override;
  void keep_secret(const std::string& uri, const std::string& option, const std::string& value) override;

 private:
  // What the session and its configuration say of the catalog: what is said of it alone counts more.
  std::map<std::string, std::string> options_for(const std::string& key) const;

  const std::map<std::string, std::string> options_;
  const Configured configured_;
  const std::function<bool()> given_up_;
  const std::function<std::optional<std::string>(const std::string&)> variable_;
  const Lend lend_;
  std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::string>> secrets_;  // by the catalog's URI
  std::map<std::string, std::shared_ptr<RestCatalog>> open_;
};

}  // namespace lakelet::catalogs
