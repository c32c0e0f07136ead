#include "catalogs/rest/table_access.h"

#include <fmt/format.h>

#include <set>

#include "lakelet/error.h"

namespace lakelet::catalogs {

namespace {

using Options = std::map<std::string, std::string>;

bool is_bucket_uri(const std::string& uri) {
  return uri.starts_with("s3://") || uri.starts_with("s3a://") || uri.starts_with("s3n://");
}

std::string without_slash(std::string uri) {
  while (uri.ends_with('/')) uri.pop_back();
  return uri;
}

bool is_at_or_below(const std::string& uri, const std::string& folder) {
  return uri == folder || uri.starts_with(folder + '/');
}

std::set<std::string> places(const RestAnswer& table) {
  std::set<std::string> found;
  const auto add = [&](std::string uri) {
    if (is_bucket_uri(uri)) found.insert(without_slash(std::move(uri)));
  };
  const std::string metadata = table.text("metadata-location").value_or("");
  add(metadata.substr(0, metadata.rfind('/') + 1));
  const auto said = table.object().at_key("metadata");
  std::string_view text;
  if (!said["location"].get(text)) add(std::string(text));
  for (const char* name :
       {"write.data.path", "write.metadata.path", "write.object-storage.path", "write.folder-storage.path"}) {
    if (!said["properties"][name].get(text)) add(std::string(text));
  }
  return found;
}

Options store_options(const simdjson::dom::object& config) {
  Options options;
  for (const auto [name, value] : config) {
    std::string_view text;
    if (value.get(text)) continue;
    if (name.starts_with("s3.") || name.starts_with("client.")) options[std::string(name)] = text;
  }
  return options;
}

std::map<std::string, Options> credentials(const RestAnswer& table) {
  std::map<std::string, Options> found;
  simdjson::dom::array items;
  if (table.object().at_key("storage-credentials").get(items)) return found;
  for (const auto item : items) {
    std::string_view prefix;
    simdjson::dom::object config;
    if (item["prefix"].get(prefix) || item["config"].get(config)) continue;
    found[without_slash(std::string(prefix))] = store_options(config);
  }
  return found;
}

bool gives_keys(const Options& options) {
  return options.contains("s3.access-key-id") || options.contains("client.access-key-id");
}

void refuse_remote_signing(const Options& options, const std::string& what) {
  const auto remote = options.find("s3.remote-signing-enabled");
  if (remote == options.end() || remote->second != "true" || gives_keys(options)) return;
  throw Error(ErrorCode::UnsupportedFeature,
              what +
                  ": the catalog wants to sign each request to S3 itself (s3.remote-signing-enabled), which isn't "
                  "supported",
              "let it give credentials for its tables");
}

// Without its keys, where others are put on top.
void put_over(Options& below, const Options& above) {
  if (gives_keys(above)) {
    std::erase_if(below, [](const auto& option) {
      return option.first.ends_with("access-key-id") || option.first.ends_with("secret-access-key") ||
             option.first.find("session-token") != std::string::npos;
    });
  }
  for (const auto& [name, value] : above) below[name] = value;
}

}  // namespace

std::map<std::string, Options> table_access(const RestAnswer& table, const std::string& what) {
  simdjson::dom::object config;
  Options general;
  if (!table.object().at_key("config").get(config)) general = store_options(config);
  const auto own = credentials(table);
  std::map<std::string, Options> result;
  for (const std::string& place : places(table)) {
    Options options = general;
    // In their order a longer prefix of the same place comes after a shorter one.
    const Options* best = nullptr;
    for (const auto& [prefix, said] : own) {
      if (is_at_or_below(place, prefix)) best = &said;
      if (prefix == place || !is_at_or_below(prefix, place)) continue;
      result[prefix] = general;
      put_over(result[prefix], said);
    }
    if (best) put_over(options, *best);
    refuse_remote_signing(options, what);
    if (!options.empty()) result.try_emplace(place, std::move(options));
  }
  return result;
}

}  // namespace lakelet::catalogs
