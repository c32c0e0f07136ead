// The kinds of catalogs that lakelet knows, by the scheme of their URIs. The only place that names them all.
//   sqlite:///lake/cat.db     a file: absolute if it is there or its folder is, else below the working folder
//   postgresql://user@host:5432/database
//   iceberg+https://host:8181/base, and iceberg+http:
// Options stand behind it: "?catalog_name=prod&warehouse=/lake".
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "catalogs/rest/rest_catalogs.h"
#include "storage/lent_access.h"
#include "storage/location.h"

namespace lakelet {

// What a session has for its catalogs.
struct CatalogSurroundings {
  std::string working_folder;
  std::map<std::string, std::string> options;  // those that a catalog knows, such as a token, are for all of them
  // What the configuration says of the catalogs whose URI is wanted. May be empty; may throw Error(InvalidArgument).
  catalogs::Configured configured;
  // As Configuration::variable.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  // Takes what a catalog gives to reach its tables' files. May be empty.
  Lend lend;
  // Whether nobody waits for what is asked of servers any more. May be empty; thread-safe.
  std::function<bool()> given_up;
};

// Makes the URIs of catalogs and of their tables resolve in these stores.
void add_standard_catalogs(StoreRegistry& stores, const CatalogSurroundings& surroundings);

}  // namespace lakelet
