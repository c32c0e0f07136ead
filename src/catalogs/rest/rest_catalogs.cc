#include "catalogs/rest/rest_catalogs.h"

#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet::catalogs {

namespace {

bool is_who_we_are(const std::string& option) {
  const std::string property = property_name(option);
  return property == "token" || property == "credential";
}

}  // namespace

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

std::map<std::string, std::string> RestCatalogs::options_for(const std::string& key) const {
  std::map<std::string, std::string> options = options_;
  if (!configured_) return options;
  const std::string server = key.substr(0, key.find('?'));
  const auto spelling = [](const std::string& uri) {
    try {
      return canonical_uri(uri);
    } catch (const Error&) {  // of another kind, or one that can't be opened
      return std::string();
    }
  };
  const std::vector<CatalogOptions> said = configured_([&](const std::string& uri) {
    const std::string one = spelling(uri);
    return one == key || one == server;
  });
  // What is said of this one catalog counts more than what is said of its server.
  std::vector<const CatalogOptions*> ordered;
  for (const bool own : {false, true}) {
    for (const CatalogOptions& each : said) {
      if ((spelling(each.uri) == key) == own) ordered.push_back(&each);
    }
  }
  for (const CatalogOptions* each : ordered) {
    if (each->options.contains("token") || each->options.contains("credential")) {
      std::erase_if(options, [](const auto& option) { return is_who_we_are(option.first); });
    }
    for (const auto& [name, value] : each->options) options[name] = value;
  }
  return options;
}

std::shared_ptr<Catalog> RestCatalogs::catalog(const std::string& uri) {
  const std::string key = canonical_uri(uri);
  const std::lock_guard lock(mutex_);
  auto& open = open_[key];
  if (!open) {
    RestOptions options = rest_options(parse_catalog_address(key), options_for(key));
    options.given_up = given_up_;
    options.variable = variable_;
    options.lend = lend_;
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
