// A view of somebody else's dialect as an entry of DuckDB's catalog: it is listed, and never read.
#pragma once

#include <duckdb.hpp>
#include <duckdb/catalog/catalog_entry/view_catalog_entry.hpp>
#include <duckdb/parser/parsed_data/create_view_info.hpp>
#include <string>

namespace lakelet::sql {

class ListedView final : public duckdb::ViewCatalogEntry {
 public:
  ListedView(duckdb::Catalog& catalog, duckdb::SchemaCatalogEntry& schema, duckdb::CreateViewInfo info)
      : ViewCatalogEntry(catalog, schema, info) {}
  ListedView(duckdb::Catalog& catalog, duckdb::SchemaCatalogEntry& schema, const std::string& name);

  // Without columns.
  duckdb::shared_ptr<duckdb::ViewColumnInfo> GetColumnInfo() const override;
  void BindView(duckdb::ClientContext&, duckdb::BindViewAction) override {}
  duckdb::string ToSQL() const override { return {}; }
};

}  // namespace lakelet::sql
