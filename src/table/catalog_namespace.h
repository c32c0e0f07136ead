// References to namespaces of catalogs: the catalog's URI, '#' and the namespace's name.
#pragma once

#include <memory>
#include <string>

#include "table/catalog.h"

namespace lakelet {

std::string catalog_namespace_uri(const std::string& catalog_uri, const std::string& name);

struct CatalogNamespace {
  std::shared_ptr<Catalog> catalog;
  std::string name;
};
// Throws Error(InvalidArgument) for what is no such reference.
CatalogNamespace catalog_namespace_of(StoreRegistry& stores, const std::string& reference);

}  // namespace lakelet
