// One Delta table: its versions, its history, and how changes begin.
#pragma once

#include <memory>
#include <mutex>

#include "formats/delta/snapshot.h"
#include "table/clustering.h"

namespace lakelet::delta {

class DeltaTable final : public FormatTable, public ClusteringTable {
 public:
  DeltaTable(const FormatContext& context, const Location& location);

  const Location& location() const override { return location_; }
  // Latest: the first time one look at _last_checkpoint, one listing and the files of the log; after that one listing
  // from the known version on, and only new commits. A version: one listing and its files, or the known one.
  std::shared_ptr<const Snapshot> snapshot(const VersionSelector& selector) override;
  void history(const std::function<bool(const HistoryEntry&)>& visit) override;
  std::unique_ptr<Transaction> begin(std::shared_ptr<const Snapshot> base) override;
  void examine(const ExamineOptions& options, const std::function<void(const Finding&)>& report) override;
  void mend(const Finding& finding) override;
  std::shared_ptr<const ChangeFeed> changes(std::shared_ptr<const Snapshot> newest, const ChangeRange& range) override;
  std::vector<ColumnPath> clustering_columns(const Snapshot& snapshot) const override;
  std::optional<FileClustering> clustering_of(const DataFile& file) const override;
  std::unique_ptr<FileRetention> retention(std::shared_ptr<const Snapshot> newest,
                                           const RetentionRequest& request) override;
  void record_vacuum(const VacuumRecord& record, const CommitOptions& options) override;
  LogPlan plan_log(const LogRequest& request) override;
  LogReport run_log(const LogPlan& plan, const CommitOptions& options) override;

 private:
  std::shared_ptr<const DeltaSnapshot> latest();
  std::shared_ptr<const DeltaSnapshot> at_version(Version version);
  std::shared_ptr<const DeltaSnapshot> at_time(std::int64_t us);
  std::shared_ptr<const DeltaSnapshot> newest_known() const;
  std::shared_ptr<const DeltaSnapshot> remember(std::shared_ptr<const DeltaSnapshot> snapshot);

  FormatContext context_;
  Location location_;
  mutable std::mutex mutex_;
  std::shared_ptr<const DeltaSnapshot> newest_;
};

}  // namespace lakelet::delta
