#include "catalogs/registry.h"

#include "catalogs/rest/rest_catalogs.h"
#include "catalogs/sql/sql_catalogs.h"

namespace lakelet {

void add_standard_catalogs(StoreRegistry& stores, const CatalogSurroundings& surroundings) {
  const auto sql = std::make_shared<catalogs::SqlCatalogs>(surroundings.working_folder);
  for (const char* scheme : {"sqlite", "postgresql", "postgres"}) stores.serve(scheme, "", sql);
  const auto rest = std::make_shared<catalogs::RestCatalogs>(
      surroundings.options, surroundings.configured, surroundings.given_up, surroundings.variable, surroundings.lend);
  for (const char* scheme : {"iceberg+http", "iceberg+https"}) stores.serve(scheme, "", rest);
}

}  // namespace lakelet
