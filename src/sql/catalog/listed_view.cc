#include "sql/catalog/listed_view.h"

#include <duckdb/catalog/catalog_entry/schema_catalog_entry.hpp>

namespace lakelet::sql {

ListedView::ListedView(duckdb::Catalog& catalog, duckdb::SchemaCatalogEntry& schema, const std::string& name)
    : ListedView(catalog, schema, duckdb::CreateViewInfo(schema, name)) {}

duckdb::shared_ptr<duckdb::ViewColumnInfo> ListedView::GetColumnInfo() const {
  return duckdb::make_shared_ptr<duckdb::ViewColumnInfo>();
}

}  // namespace lakelet::sql
