// One Iceberg table that is found by its folder, a metadata file of it, or its name in a catalog.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "formats/iceberg/metadata/metadata_files.h"
#include "formats/iceberg/snapshot.h"

namespace lakelet::iceberg {

class IcebergTable final : public FormatTable {
 public:
  IcebergTable(const FormatContext& context, const Location& location);

  const Location& location() const override { return location_; }
  // Each call looks which metadata file is the newest, and reads it if it isn't known. A version is a snapshot's id; a
  // time goes by the table's log of snapshots; a reference is a branch or tag.
  std::shared_ptr<const Snapshot> snapshot(const VersionSelector& selector) override;
  // Every snapshot that the table has, those of branches too.
  void history(const std::function<bool(const HistoryEntry&)>& visit) override;
  std::unique_ptr<Transaction> begin(std::shared_ptr<const Snapshot> base) override;
  std::shared_ptr<const ChangeFeed> changes(std::shared_ptr<const Snapshot> newest, const ChangeRange& range) override;
  std::vector<NamedVersion> references() override;
  std::unique_ptr<FileRetention> retention(std::shared_ptr<const Snapshot> newest,
                                           const RetentionRequest& request) override;
  void record_vacuum(const VacuumRecord& record, const CommitOptions& options) override;
  LogPlan plan_log(const LogRequest& request) override;
  LogReport run_log(const LogPlan& plan, const CommitOptions& options) override;

 private:
  std::shared_ptr<const TableMetadataFile> newest_metadata();
  TablePlace place_at(const IcebergSnapshot& snapshot) const;
  std::shared_ptr<const Snapshot> make(std::shared_ptr<const TableMetadataFile> metadata, const SnapshotEntry* entry,
                                       bool by_current_schema, std::optional<std::string> branch) const;

  FormatContext context_;
  std::shared_ptr<CatalogTable> catalog_;  // null: the folder says which metadata is the newest
  Location location_;
  TablePlace place_;
  std::mutex mutex_;
  std::optional<LoadedMetadata> known_;
  std::atomic<bool> catalog_plans_{false};              // as the catalog said last
  std::shared_ptr<const Snapshot> latest_;              // of known_
  std::shared_ptr<const TableMetadataFile> forgotten_;  // from before a vacuum that isn't at its end
};

}  // namespace lakelet::iceberg
