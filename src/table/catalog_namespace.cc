#include "table/catalog_namespace.h"

#include <fmt/format.h>

#include "base/percent_encoding.h"
#include "lakelet/error.h"

namespace lakelet {

std::string catalog_namespace_uri(const std::string& catalog_uri, const std::string& name) {
  return catalog_uri + "#" + percent_encode(name, ".");
}

CatalogNamespace catalog_namespace_of(StoreRegistry& stores, const std::string& reference) {
  const std::size_t mark = reference.rfind('#');
  if (mark != std::string::npos && mark + 1 < reference.size()) {
    const Location location = stores.resolve(reference.substr(0, mark));
    if (const auto catalogs = std::dynamic_pointer_cast<CatalogStore>(location.store)) {
      return {catalogs->catalog(location.uri), percent_decode(reference.substr(mark + 1))};
    }
  }
  throw Error(
      ErrorCode::InvalidArgument, fmt::format("{} is no namespace of a catalog", reference),
      "name the catalog and the namespace: sqlite:///lake/cat.db#sales; in SQL also one of an attached catalog");
}

}  // namespace lakelet
