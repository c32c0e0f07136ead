#include "catalogs/rest/rest_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/percent_encoding.h"
#include "lakelet/error.h"
#include "lakelet/maintenance.h"

namespace lakelet::catalogs {

namespace {

constexpr std::string_view kPrefix = "iceberg+";
constexpr std::array<std::string_view, 10> kOptions = {"warehouse",
                                                       "prefix",
                                                       "scope",
                                                       "audience",
                                                       "resource",
                                                       "oauth2-server-uri",
                                                       "client.region",
                                                       "rest.sigv4-enabled",
                                                       "rest.signing-name",
                                                       "rest.signing-region"};
constexpr std::array<std::string_view, 11> kSecrets = {"token",
                                                       "credential",
                                                       "rest.access-key-id",
                                                       "rest.secret-access-key",
                                                       "rest.session-token",
                                                       "client.access-key-id",
                                                       "client.secret-access-key",
                                                       "client.session-token",
                                                       "aws-access-key-id",
                                                       "aws-secret-access-key",
                                                       "aws-session-token"};
// Of the session's stores: where keys are for and regions are.
constexpr std::array<std::string_view, 2> kRegions = {"aws-region", "aws-default-region"};
// What stands before the dot of an option, where SQL has an underscore.
constexpr std::array<std::string_view, 2> kDotted = {"rest-", "client-"};
constexpr std::string_view kHeader = "header.";

template <typename Names>
bool is_one_of(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Repeated slashes of a path are taken out of every URI, and so out of what is said in it.
std::string with_slashes(const std::string& value) {
  const std::size_t colon = value.find(":/");
  if (colon == std::string::npos || colon < 2 || value.substr(colon, 3) == "://") return value;
  const bool scheme = std::all_of(value.begin(), value.begin() + static_cast<std::ptrdiff_t>(colon),
                                  [](unsigned char c) { return std::isalnum(c) != 0; });
  if (!scheme) return value;
  return value.substr(0, colon) + (value.starts_with("file:") ? "://" : ":/") + value.substr(colon + 1);
}

// "http://host:8181/base"
std::string server_of(const std::string& base) {
  if (!base.starts_with(kPrefix)) throw Error(ErrorCode::InvalidArgument, "that is no URI of a REST catalog");
  std::string server = base.substr(kPrefix.size());
  const std::size_t host = server.find("://") + 3;
  const std::size_t end = std::min(server.find('/', host), server.size());
  if (server.substr(host, end - host).find('@') != std::string::npos) {
    throw Error(ErrorCode::InvalidArgument, "a catalog's URI is shown to people, and can't have a user or password",
                "give them as the options credential or token");
  }
  if (end == host) throw Error(ErrorCode::InvalidArgument, fmt::format("{} names no host", base));
  while (server.ends_with('/')) server.pop_back();
  if (server.ends_with("/v1")) server.resize(server.size() - 3);  // what every request begins with
  return server;
}

// "REST_ACCESS_KEY_ID"
std::string attach_option(std::string property) {
  for (char& c : property) {
    c = c == '-' || c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return property;
}

std::chrono::milliseconds limit_of(const std::string& text) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(parse_duration(text));
}

}  // namespace

bool RestOptions::is_secret(const std::string& property) {
  return is_one_of(kSecrets, property) || property.starts_with(kHeader);
}

std::string property_name(std::string option) {
  for (char& c : option) {
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (const std::string_view start : kDotted) {
    if (option.starts_with(start)) option[start.size() - 1] = '.';
  }
  return option;
}

RestOptions rest_options(const CatalogAddress& address, const std::map<std::string, std::string>& store_options) {
  RestOptions options;
  options.server = server_of(address.base);
  for (const auto& [name, value] : store_options) {
    const bool header = name.starts_with(kHeader);
    const std::string property = header ? name : property_name(name);
    if (header || is_one_of(kSecrets, property) || is_one_of(kRegions, property) ||
        (is_one_of(kOptions, property) && property != "prefix")) {
      options.properties[property] = value;
    }
    if (property == "timeout") options.limits.silence = limit_of(value);
    if (property == "connect-timeout") options.limits.connect = limit_of(value);
  }
  for (const auto& [name, value] : address.options) {
    const std::string property = property_name(name);
    if (RestOptions::is_secret(property)) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("a catalog's URI is shown to people, and can't have a {} in it", property),
                  fmt::format("say --storage-option {}=..., or ATTACH ... (TYPE lakelet, {} '...')", property,
                              attach_option(property)));
    }
    if (!is_one_of(kOptions, property)) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("a REST catalog has no option {}", name),
                  fmt::format("options: {}, token, credential", fmt::join(kOptions, ", ")));
    }
    options.properties[property] = with_slashes(value);
  }
  return options;
}

std::string canonical_uri(const std::string& uri) {
  const CatalogAddress address = parse_catalog_address(uri);
  const RestOptions options = rest_options(address, {});
  std::string text = std::string(kPrefix) + options.server;
  char mark = '?';
  for (const auto& [name, value] : options.properties) {
    text += mark + name + "=" + percent_encode(value, "");
    mark = '&';
  }
  return text;
}

}  // namespace lakelet::catalogs
