// A table at one of its snapshots.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "formats/iceberg/manifest/manifest_list.h"
#include "formats/iceberg/metadata/table_metadata.h"
#include "formats/iceberg/paths.h"
#include "formats/iceberg/scan/known_fields.h"
#include "table/catalog.h"
#include "table/table_format.h"
#include "table/table_layout_change.h"

namespace lakelet::iceberg {

// Of a table without any snapshot, and of one that isn't there yet.
inline constexpr Version kNoSnapshot = 0, kNoTable = -1;

class IcebergSnapshot final : public Snapshot, public SortedSnapshot {
 public:
  // `entry`: the snapshot, null for a table without any; `schema_id`: the schema to read it by. A table with no file of
  // its own isn't there yet. `planner`: the catalog, where it wants to plan scans itself.
  IcebergSnapshot(FormatContext context, Location location, Location root,
                  std::shared_ptr<const TableMetadataFile> metadata, const SnapshotEntry* entry, int schema_id,
                  std::optional<std::string> branch, std::shared_ptr<CatalogTable> planner = nullptr);

  const Location& location() const override { return location_; }
  Version version() const override { return entry_ ? entry_->id : metadata_->file.empty() ? kNoTable : kNoSnapshot; }
  std::int64_t timestamp_us() const override;
  const Schema& schema() const override { return schema_; }
  const Partitioning& partitioning() const override { return partitioning_of(metadata_->default_spec_id); }
  const Partitioning& partitioning_of(int id) const override;
  // Without those that lakelet keeps for itself.
  const Properties& properties() const override { return properties_; }
  const TableMetadata& metadata() const override { return described_; }
  std::vector<SortField> sort_order() const override;
  std::optional<std::string> branch() const override { return branch_; }
  ColumnMatching column_matching() const override { return ColumnMatching::ById; }
  bool widens(const Type& from, const Type& to) const override;
  bool fills_new_columns() const override { return metadata_->format_version >= 3; }
  WriteLayout write_layout() const override;
  RowTracking row_tracking() const override;
  // The write-defaults of columns (spec.md, "Default values").
  RowRules row_rules() const override;
  void require(Access access) const override;
  std::unique_ptr<ScanPlan> plan(const ScanRequest& request) const override;
  TableSize size() const override;
  TableSize size_estimate() const override;

  // The manifests of the snapshot: one read, once.
  const std::vector<ManifestFile>& manifests() const;
  const TablePaths& paths() const;
  const FormatContext& context() const { return context_; }
  const TableMetadataFile& table_metadata() const { return *metadata_; }
  const std::shared_ptr<const TableMetadataFile>& metadata_pointer() const { return metadata_; }
  const SnapshotEntry* entry() const { return entry_; }
  const Location& root() const { return root_; }
  CatalogTable* planner() const { return planner_.get(); }
  // Whether it is read by a schema that isn't the table's today.
  bool by_own_schema() const { return by_own_schema_; }
  const KnownFields& fields() const { return fields_; }
  // When the snapshot was committed that added a file; 0: it isn't there any more.
  std::int64_t added_us(const ManifestEntry& entry) const;

 private:
  std::vector<ManifestFile> read_manifests() const;
  TableSize summarized_size() const;

  FormatContext context_;
  Location location_, root_;
  std::shared_ptr<const TableMetadataFile> metadata_;
  const SnapshotEntry* entry_;
  Schema schema_;
  std::optional<std::string> branch_;
  std::shared_ptr<CatalogTable> planner_;
  bool by_own_schema_;
  std::map<int, Partitioning> partitionings_;
  Properties properties_;
  TableMetadata described_;
  KnownFields fields_;
  std::unordered_map<std::int64_t, std::int64_t> snapshot_times_;  // by id, in microseconds
  mutable TablePaths paths_;
  mutable std::once_flag manifests_once_, size_once_;
  mutable std::vector<ManifestFile> manifests_;
  mutable TableSize size_;
};

}  // namespace lakelet::iceberg
