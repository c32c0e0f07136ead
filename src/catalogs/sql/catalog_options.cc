#include "catalogs/sql/catalog_options.h"

#include <fmt/format.h>

#include "lakelet/error.h"
#include "storage/path.h"

namespace lakelet::catalogs {

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
