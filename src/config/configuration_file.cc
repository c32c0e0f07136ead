#include "config/configuration_file.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "config/part_reader.h"

namespace lakelet::config {
namespace {

// Names of one kind are there once.
class Names {
 public:
  explicit Names(const char* kind) : kind_(kind) {}
  void add(const std::string& name, const PartReader& part) {
    const std::string place = to_string(part.place());
    const auto [found, fresh] = lines_.try_emplace(name, place);
    if (!fresh) part.fail(fmt::format("there is a {} '{}' already ({})", kind_, name, found->second));
  }

 private:
  const char* kind_;
  std::map<std::string, std::string> lines_;
};

constexpr std::array<const char*, 16> kCatalogOptions = {"token",
                                                         "credential",
                                                         "oauth2_server_uri",
                                                         "scope",
                                                         "audience",
                                                         "resource",
                                                         "rest.sigv4-enabled",
                                                         "rest.signing-name",
                                                         "rest.signing-region",
                                                         "rest.access-key-id",
                                                         "rest.secret-access-key",
                                                         "rest.session-token",
                                                         "client.region",
                                                         "client.access-key-id",
                                                         "client.secret-access-key",
                                                         "client.session-token"};

void read_headers(const PartReader& catalog, std::map<std::string, std::string>& options) {
  const auto given = catalog.member("headers");
  if (!given) return;
  if (!given->is_mapping()) fail_at(given->place, "headers is a mapping: NAME: VALUE");
  const PartReader headers(*given, "headers", catalog.variables());
  for (const auto& [name, value] : given->members) options["header." + name] = headers.required_text(name.c_str());
}

std::vector<QueryParameter> read_parameters(const PartReader& query) {
  std::vector<QueryParameter> parameters;
  const auto given = query.member("parameters");
  if (!given) return parameters;
  if (!given->is_mapping()) fail_at(given->place, "parameters is a mapping: NAME: {default: ...}");
  for (const auto& [name, value] : given->members) {
    QueryParameter parameter{name, std::nullopt};
    if (!value.is_null()) {
      if (!value.is_mapping()) fail_at(value.place, fmt::format("the parameter {} is a mapping: default: ...", name));
      const PartReader reader(value, "a parameter", query.variables());
      if (reader.member("default")) parameter.default_value = reader.text("default");
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

}  // namespace

std::vector<ConfiguredTable> read_tables(const ConfigNode& document, const Variables& variable) {
  const Substitution variables(variable);
  std::vector<ConfiguredTable> tables;
  Names names("table");
  for (const PartReader& part : parts_of_list(document, "tables", "a table", "name: ..., uri: ...", variables)) {
    ConfiguredTable table;
    table.name = part.required_text("name");
    table.uri = part.required_text("uri");
    table.format = part.text("format");
    table.where = to_string(part.place());
    if (const auto credential = part.member("storage_credential"); credential && credential->is_scalar()) {
      table.credential = credential->text;
    }
    names.add(table.name, part);
    tables.push_back(std::move(table));
  }
  return tables;
}

std::vector<ConfiguredCatalog> read_catalogs(const ConfigNode& document, const Variables& variable,
                                             const std::function<bool(const std::string& uri)>& wanted) {
  const Substitution variables(variable);
  std::vector<ConfiguredCatalog> catalogs;
  const ConfigNode* given = document.find("catalogs");
  if (!given) return catalogs;
  const ConfigNode all = variables.node(*given);
  if (!all.is_mapping() && !all.is_null()) fail_at(all.place, "catalogs is a mapping: NAME: {uri: ..., token: ...}");
  for (const auto& [name, value] : all.members) {
    const ConfigNode node = variables.node(value);
    if (!node.is_mapping()) fail_at(value.place, "a catalog is a mapping: uri: ..., token: ...");
    const PartReader part(node, "a catalog", variables);
    ConfiguredCatalog catalog{name, part.required_text("uri"), {}, to_string(value.place)};
    if (!wanted(catalog.uri)) continue;
    for (const char* key : kCatalogOptions) {
      if (std::string text = part.text(key); !text.empty()) catalog.options.emplace(key, std::move(text));
    }
    read_headers(part, catalog.options);
    catalogs.push_back(std::move(catalog));
  }
  return catalogs;
}

std::map<std::string, std::string> read_s3_credential(const ConfigNode& document, const Variables& variable,
                                                      const std::string& name) {
  const Substitution variables(variable);
  std::map<std::string, std::string> options;
  const ConfigNode* given = document.find("storage_credentials");
  const ConfigNode all = given ? variables.node(*given) : ConfigNode();
  const ConfigNode* found = all.find(name);
  if (!found) return options;
  const ConfigNode credential = variables.node(*found);
  const ConfigNode* inside = credential.find("s3");
  if (!inside) return options;
  const ConfigNode s3 = variables.node(*inside);
  const PartReader part(s3, "s3", variables);
  for (const char* key :
       {"access_key_id", "secret_access_key", "session_token", "region", "endpoint_url", "allow_http"}) {
    if (std::string text = part.text(key); !text.empty()) options.emplace(key, std::move(text));
  }
  return options;
}

std::vector<SavedQuery> read_queries(const ConfigNode& document, const Variables& variable) {
  const Substitution variables(variable);
  std::vector<SavedQuery> queries;
  Names names("query");
  for (const PartReader& part : parts_of_list(document, "queries", "a query", "name: ..., sql: ...", variables)) {
    SavedQuery query;
    query.name = part.required_text("name");
    query.title = part.text("title");
    if (query.title.empty()) query.title = query.name;
    query.description = part.text("description");
    query.sql = part.required_text("sql");
    query.totals_row = part.flag("totals_row");
    query.parameters = read_parameters(part);
    query.where = to_string(part.place());
    names.add(query.name, part);
    queries.push_back(std::move(query));
  }
  return queries;
}

ConfiguredSettings read_settings(const ConfigNode& document, const Variables& variable) {
  const Substitution variables(variable);
  ConfiguredSettings settings;
  const PartReader whole(document, "the configuration", variables);
  const auto given = whole.member("settings");
  if (!given) return settings;
  if (!given->is_mapping()) fail_at(given->place, "settings is a mapping: max_query_rows: ..., web: ...");
  const PartReader part(*given, "settings", variables);
  settings.max_query_rows = part.count("max_query_rows");
  if (const auto web = part.member("web")) {
    if (!web->is_mapping()) fail_at(web->place, "settings.web is a mapping: hide_tables: ...");
    settings.hide_tables = PartReader(*web, "settings.web", variables).flag("hide_tables");
  }
  return settings;
}

}  // namespace lakelet::config
