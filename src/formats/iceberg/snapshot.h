// A table at one of its snapshots.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "formats/iceberg/manifest/manifest_list.h"
#include "formats/iceberg/metadata/table_metadata.h"
#include "formats/iceberg/paths.h"
#include "formats/iceberg/scan/known_fields.h"
#include "table/table_format.h"

namespace lakelet::iceberg {

// Of a table without any snapshot.
inline constexpr Version kNoSnapshot = 0;

class IcebergSnapshot final : public Snapshot {
 public:
  // `entry`: the snapshot, null for a table without any; `schema_id`: the schema to read it by.
  IcebergSnapshot(FormatContext context, Location location, Location root,
                  std::shared_ptr<const TableMetadataFile> metadata, const SnapshotEntry* entry, int schema_id,
                  std::optional<std::string> branch);

  const Location& location() const override { return location_; }
  Version version() const override { return entry_ ? entry_->id : kNoSnapshot; }
  std::int64_t timestamp_us() const override;
  const Schema& schema() const override { return schema_; }
  const Partitioning& partitioning() const override { return partitioning_of(metadata_->default_spec_id); }
  const Partitioning& partitioning_of(int id) const override;
  const Properties& properties() const override { return metadata_->properties; }
  const TableMetadata& metadata() const override { return described_; }
  std::optional<std::string> branch() const override { return branch_; }
  ColumnMatching column_matching() const override { return ColumnMatching::ById; }
  WriteLayout write_layout() const override;
  RowTracking row_tracking() const override;
  void require(Access access) const override;
  std::unique_ptr<ScanPlan> plan(const ScanRequest& request) const override;
  TableSize size() const override;
  TableSize size_estimate() const override;

  // The manifests of the snapshot: one read, once.
  const std::vector<ManifestFile>& manifests() const;
  const TablePaths& paths() const;
  const FormatContext& context() const { return context_; }
  const TableMetadataFile& table_metadata() const { return *metadata_; }
  const KnownFields& fields() const { return fields_; }

 private:
  std::vector<ManifestFile> read_manifests() const;

  FormatContext context_;
  Location location_;
  std::shared_ptr<const TableMetadataFile> metadata_;
  const SnapshotEntry* entry_;
  Schema schema_;
  std::optional<std::string> branch_;
  std::map<int, Partitioning> partitionings_;
  TableMetadata described_;
  KnownFields fields_;
  mutable TablePaths paths_;
  mutable std::once_flag manifests_once_, size_once_;
  mutable std::vector<ManifestFile> manifests_;
  mutable TableSize size_;
};

}  // namespace lakelet::iceberg
