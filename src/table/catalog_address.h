// What stands behind the URI of a catalog: "?catalog_name=prod&warehouse=/lake".
#pragma once

#include <map>
#include <string>

namespace lakelet {

struct CatalogAddress {
  std::string base;  // without options
  std::map<std::string, std::string> options;
};
// Throws Error(InvalidArgument), which doesn't repeat the text: it may have a secret in it.
CatalogAddress parse_catalog_address(const std::string& text);

}  // namespace lakelet
