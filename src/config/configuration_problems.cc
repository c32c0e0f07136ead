// What is wrong with a configuration, all of it and not the first thing alone.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "config/configuration_file.h"
#include "config/part_reader.h"
#include "lakelet/error.h"

namespace lakelet::config {
namespace {

const std::set<std::string> kTop = {"include", "settings", "storage_credentials", "catalogs", "tables", "queries"};
const std::set<std::string> kSettings = {"max_query_rows", "web"};
const std::set<std::string> kWeb = {"hide_tables"};
const std::set<std::string> kTable = {"name", "uri", "format", "storage_credential"};
const std::set<std::string> kCatalog = {"uri",
                                        "token",
                                        "credential",
                                        "oauth2_server_uri",
                                        "scope",
                                        "audience",
                                        "resource",
                                        "headers",
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
const std::set<std::string> kQuery = {"name", "title", "description", "totals_row", "parameters", "sql"};
const std::set<std::string> kS3 = {"access_key_id", "secret_access_key", "session_token",
                                   "region",        "endpoint_url",      "allow_http"};
const std::set<std::string> kAdls = {"account_name", "access_key",    "sas_key",      "tenant_id",
                                     "client_id",    "client_secret", "msi_endpoint", "use_azure_cli"};

class Inspector {
 public:
  Inspector(const ConfigurationSource& source, const std::vector<std::string>& formats)
      : source_(source), formats_(formats), variables_(source.variable) {}

  std::vector<ConfigurationProblem> run() {
    attempt([&] { document_ = merged_document(source_); });
    if (document_.is_mapping()) inspect();
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<ConfigurationProblem> out;
    for (auto& [order, problem] : found_) out.push_back(std::move(problem));
    return out;
  }

 private:
  using Order = std::pair<std::string, int>;

  void inspect() {
    keys(document_, kTop, "");
    inspect_settings();
    inspect_credentials();
    inspect_catalogs();
    each("tables", [&](const ConfigNode& one) { inspect_table(one); });
    each("queries", [&](const ConfigNode& one) {
      keys(one, kQuery, "a query's ");
      attempt([&] { read_queries(alone("queries", one), source_.variable); });
    });
    // Each is right by itself: what is left is what they are together, and the lists.
    if (found_.empty()) attempt([&] { read_tables(document_, source_.variable); });
    if (found_.empty()) attempt([&] { read_queries(document_, source_.variable); });
  }

  void inspect_settings() {
    attempt([&] { read_settings(document_, source_.variable); });
    const ConfigNode* settings = document_.find("settings");
    if (!settings || settings->find("env")) return;
    keys(*settings, kSettings, "settings.");
    if (const ConfigNode* web = settings->find("web")) keys(*web, kWeb, "settings.web.");
  }

  void inspect_table(const ConfigNode& table) {
    keys(table, kTable, "a table's ");
    attempt([&] {
      for (const ConfiguredTable& read : read_tables(alone("tables", table), source_.variable)) {
        if (!read.format.empty() && std::find(formats_.begin(), formats_.end(), read.format) == formats_.end()) {
          fail_at(table.place, fmt::format("the table '{}' has format '{}', which isn't one", read.name, read.format));
        }
        if (!read.credential.empty() && !credentials_.contains(read.credential)) {
          fail_at(table.place, fmt::format("the table '{}' names the storage credential '{}', which isn't there",
                                           read.name, read.credential));
        }
      }
    });
  }

  void inspect_credentials() {
    const ConfigNode* given = document_.find("storage_credentials");
    if (!given) return;
    attempt([&] {
      const ConfigNode all = variables_.node(*given);
      if (!all.is_mapping() && !all.is_null()) fail_at(all.place, "storage_credentials is a mapping: NAME: {s3: ...}");
      for (const auto& [name, value] : all.members) {
        credentials_.insert(name);
        attempt([&, &credential = value] { inspect_credential(variables_.node(credential)); });
      }
    });
  }

  // One by one, so that each says what is wrong with it.
  void inspect_catalogs() {
    const ConfigNode* given = document_.find("catalogs");
    if (!given) return;
    attempt([&] {
      const ConfigNode all = variables_.node(*given);
      if (!all.is_mapping()) {
        read_catalogs(document_, source_.variable, [](const std::string&) { return true; });
        return;
      }
      for (const auto& [name, value] : all.members) {
        attempt([&, &name = name, &catalog = value] {
          keys(variables_.node(catalog), kCatalog, "a catalog's ");
          read_catalogs(below("catalogs", below(name, catalog)), source_.variable,
                        [](const std::string&) { return true; });
        });
      }
    });
  }

  static ConfigNode below(const std::string& key, const ConfigNode& value) {
    ConfigNode mapping;
    mapping.kind = ConfigNode::Kind::Mapping;
    mapping.members.emplace_back(key, value);
    return mapping;
  }

  void inspect_credential(const ConfigNode& credential) {
    const bool s3 = credential.find("s3"), adls = credential.find("adls");
    keys(credential, {"s3", "adls"}, "a storage credential's ");
    if (s3 == adls) fail_at(credential.place, "a storage credential has either s3 or adls");
    const char* kind = s3 ? "s3" : "adls";
    const ConfigNode inside = variables_.node(*credential.find(kind));
    if (!inside.is_mapping()) fail_at(inside.place, fmt::format("{} is a mapping", kind));
    keys(inside, s3 ? kS3 : kAdls, fmt::format("{}.", kind));
    const PartReader part(inside, kind, variables_);
    for (const auto& [key, value] : inside.members) part.text(key.c_str());
    if (s3) {
      part.required_text("access_key_id");
      part.required_text("secret_access_key");
      part.flag("allow_http");
    } else {
      part.required_text("account_name");
      part.flag("use_azure_cli");
    }
  }

  void each(const char* key, const std::function<void(const ConfigNode&)>& look) {
    const ConfigNode* given = document_.find(key);
    if (!given) return;
    attempt([&] {
      const ConfigNode list = variables_.node(*given);
      if (!list.is_list()) {
        read_tables(document_, source_.variable);
        read_queries(document_, source_.variable);
      }
      for (const ConfigNode& item : list.items) look(variables_.node(item));
    });
  }

  static ConfigNode alone(const char* key, const ConfigNode& item) {
    ConfigNode list;
    list.kind = ConfigNode::Kind::List;
    list.items.push_back(item);
    return below(key, list);
  }

  void keys(const ConfigNode& mapping, const std::set<std::string>& known, const std::string& prefix) {
    for (const auto& [key, value] : mapping.members) {
      if (known.contains(key) || key.starts_with("x-") || key.starts_with(".")) continue;
      note(value.place, fmt::format("nothing takes notice of {}{}", prefix, key), false);
    }
  }

  void attempt(const std::function<void()>& look) {
    try {
      look();
    } catch (const PlacedError& error) {
      note(error.place(), error.bare_message(), true);
    }
  }

  void note(const Place& place, const std::string& message, bool wrong) {
    found_.push_back({{place.file, place.line}, {to_string(place), message, wrong}});
  }

  const ConfigurationSource& source_;
  const std::vector<std::string>& formats_;
  const Substitution variables_;
  ConfigNode document_;
  std::set<std::string> credentials_;
  std::vector<std::pair<Order, ConfigurationProblem>> found_;
};

}  // namespace

std::vector<ConfigurationProblem> find_problems(const ConfigurationSource& source,
                                                const std::vector<std::string>& formats) {
  return Inspector(source, formats).run();
}

}  // namespace lakelet::config
