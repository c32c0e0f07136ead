// What stands behind the URI of a catalog: "?catalog_name=prod&warehouse=/lake".
#pragma once

#include <map>
#include <string>

#include "catalogs/sql/sql_catalog.h"

namespace lakelet::catalogs {

struct CatalogAddress {
  std::string base;  // without options
  std::map<std::string, std::string> options;
};
// Throws Error(InvalidArgument).
CatalogAddress parse_catalog_address(const std::string& text);

// Throws Error(InvalidArgument) for an option that isn't one. A warehouse without a scheme is from the working folder.
SqlCatalogOptions sql_options(const CatalogAddress& address, const std::string& working_folder);

}  // namespace lakelet::catalogs
