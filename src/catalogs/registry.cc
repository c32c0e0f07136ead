#include "catalogs/registry.h"

#include "catalogs/sql/sql_catalogs.h"

namespace lakelet {

void add_standard_catalogs(StoreRegistry& stores, const std::string& working_folder) {
  const auto sql = std::make_shared<catalogs::SqlCatalogs>(working_folder);
  for (const char* scheme : {"sqlite", "postgresql", "postgres"}) stores.serve(scheme, "", sql);
}

}  // namespace lakelet
