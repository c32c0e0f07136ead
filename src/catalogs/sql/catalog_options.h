// The options of a catalog in a database.
#pragma once

#include <string>

#include "catalogs/sql/sql_catalog.h"
#include "table/catalog_address.h"

namespace lakelet::catalogs {

// Throws Error(InvalidArgument) for an option that isn't one. A warehouse without a scheme is from the working folder.
SqlCatalogOptions sql_options(const CatalogAddress& address, const std::string& working_folder);

}  // namespace lakelet::catalogs
