// What a client of a REST catalog is told, by the names that Iceberg's own clients have for it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "http/http_client.h"
#include "storage/lent_access.h"
#include "table/catalog_address.h"

namespace lakelet::catalogs {

struct RestOptions {
  std::string server;                             // "http://host:8181/base", no trailing slash
  std::map<std::string, std::string> properties;  // "warehouse", "oauth2-server-uri", "header.X", "token" ...
  HttpLimits limits;
  // The value of a variable that the surface knows, such as AWS_ACCESS_KEY_ID; may be empty.
  std::function<std::optional<std::string>(const std::string& name)> variable{};
  Lend lend{};                       // takes what the catalog gives for its tables' files; may be empty
  std::function<bool()> given_up{};  // whether nobody waits for answers any more; may be empty

  // The properties that no one may see.
  static bool is_secret(const std::string& property);
};

// Of "iceberg+http://host:8181/base?warehouse=w". An underscore in an option stands for a hyphen. `store_options`: a
// session's, of which the ones for catalogs are taken; what the URI says counts more. Throws Error(InvalidArgument) for
// a secret in the URI, an option that isn't one, a host that isn't named.
RestOptions rest_options(const CatalogAddress& address, const std::map<std::string, std::string>& store_options);

// "OAUTH2_SERVER_URI" and "oauth2_server_uri" as "oauth2-server-uri", "REST_SIGNING_NAME" as "rest.signing-name".
std::string property_name(std::string option);

// One spelling for all that name the same catalog in the same way. Has no secrets: throws Error(InvalidArgument).
std::string canonical_uri(const std::string& uri);

}  // namespace lakelet::catalogs
