#include "catalogs/sql/catalog_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/percent_encoding.h"
#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet::catalogs {

CatalogAddress parse_catalog_address(const std::string& text) {
  CatalogAddress address;
  const std::size_t mark = std::min(text.find('?'), text.size());
  address.base = text.substr(0, mark);
  std::string_view rest = std::string_view(text).substr(std::min(mark + 1, text.size()));
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' is no option of a catalog", one), "write ?name=value");
    }
    address.options[percent_decode(one.substr(0, equals))] = percent_decode(one.substr(equals + 1));
  }
  return address;
}

SqlCatalogOptions sql_options(const CatalogAddress& address, const std::string& working_folder) {
  SqlCatalogOptions options;
  for (const auto& [name, value] : address.options) {
    if (name == "catalog_name") {
      options.name = value;
    } else if (name == "warehouse") {
      const bool relative = !value.starts_with('/') && value.find(":/") == std::string::npos;
      options.warehouse = relative ? normalise_path(join_path(working_folder, value)) : value;
    } else {
      throw Error(ErrorCode::InvalidArgument, fmt::format("a catalog in a database has no option {}", name),
                  "options: catalog_name, warehouse");
    }
  }
  return options;
}

}  // namespace lakelet::catalogs
