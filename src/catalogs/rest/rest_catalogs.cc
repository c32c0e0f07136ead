#include "catalogs/rest/rest_catalogs.h"

#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet::catalogs {

bool RestCatalogs::is_secret(const std::string& option) const {
  return RestOptions::is_secret(property_name(option));
}

void RestCatalogs::keep_secret(const std::string& uri, const std::string& option, const std::string& value) {
  const std::string property = property_name(option);
  const std::string key = canonical_uri(uri);
  const std::lock_guard lock(mutex_);
  auto& kept = secrets_[key][property];
  if (kept != value) open_.erase(key);
  kept = value;
}

std::shared_ptr<Catalog> RestCatalogs::catalog(const std::string& uri) {
  const std::string key = canonical_uri(uri);
  const std::lock_guard lock(mutex_);
  auto& open = open_[key];
  if (!open) {
    RestOptions options = rest_options(parse_catalog_address(key), options_);
    for (const auto& [name, value] : secrets_[key]) options.properties[name] = value;
    open = std::make_shared<RestCatalog>(key, std::move(options));
  }
  return open;
}

std::shared_ptr<CatalogTable> RestCatalogs::table(const std::string& uri) {
  const auto name = parse_catalog_table_uri(uri);
  if (!name) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is a catalog, and no table", canonical_uri(uri)),
                "name one of its tables: behind the catalog's URI, #namespace.table, or ATTACH it");
  }
  return catalog(name->catalog)->table(name->name_space, name->table);
}

}  // namespace lakelet::catalogs
