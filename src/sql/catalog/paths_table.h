// A lake table at one version as an entry of DuckDB's catalog, for as long as the transaction that looked it up.
#pragma once

#include <duckdb.hpp>
#include <duckdb/catalog/catalog_entry/table_catalog_entry.hpp>
#include <memory>
#include <optional>
#include <string>

#include "lakelet/error.h"
#include "table/snapshot.h"

namespace lakelet::sql {

class TableChange;

class PathsTable : public duckdb::TableCatalogEntry {
 public:
  // `schema` is the snapshot's unless the transaction changed it. `latest`: not a version of the past, which can't be
  // changed. `context` is asked to understand the table's defaults; null: it has none.
  static std::unique_ptr<PathsTable> make(duckdb::SchemaCatalogEntry& parent, const std::string& name, std::string uri,
                                          std::shared_ptr<const Snapshot> snapshot, const Schema& schema, bool latest,
                                          duckdb::ClientContext* context = nullptr);
  PathsTable(duckdb::SchemaCatalogEntry& parent, duckdb::CreateTableInfo& info, std::string uri,
             std::shared_ptr<const Snapshot> snapshot, bool latest);

  const std::string& uri() const { return uri_; }
  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }
  // What it is scanned as: the snapshot, and where rows are tracked behind its columns that of the ids that files keep.
  const std::shared_ptr<const Snapshot>& scanned() const { return scanned_; }
  bool tracks_rows() const { return scanned_ != snapshot_; }
  // What it demands of new rows. Throws as Snapshot::row_rules.
  const RowRules& rules() const;
  // How many times the statement that runs reads it.
  int scans(std::int64_t statement) const { return statement == scanned_by_ ? scans_ : 0; }
  // Throws Error(InvalidArgument) if the table was named at a version.
  void require_latest() const;

  duckdb::TableFunction GetScanFunction(duckdb::ClientContext& context,
                                        duckdb::unique_ptr<duckdb::FunctionData>& bind_data) override;
  duckdb::unique_ptr<duckdb::BaseStatistics> GetStatistics(duckdb::ClientContext&, duckdb::column_t) override;
  duckdb::TableStorageInfo GetStorageInfo(duckdb::ClientContext& context) override;
  duckdb::virtual_column_map_t GetVirtualColumns() const override;
  duckdb::vector<duckdb::column_t> GetRowIdColumns() const override;
  // An update writes whole rows: every column that isn't assigned is passed along.
  void BindUpdateConstraints(duckdb::Binder& binder, duckdb::LogicalGet& get, duckdb::LogicalProjection& projection,
                             duckdb::LogicalUpdate& update, duckdb::ClientContext& context) override;

 private:
  std::string uri_;
  std::shared_ptr<const Snapshot> snapshot_, scanned_;
  bool latest_;
  RowRules rules_;
  std::optional<Error> unreadable_rules_;
  int scans_ = 0;
  std::int64_t scanned_by_ = -1;
};

}  // namespace lakelet::sql
