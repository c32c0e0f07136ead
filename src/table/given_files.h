// A table's rows at one version by a list of files that somebody planned, with no format and no log behind it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "table/snapshot.h"

namespace lakelet {

// What a reader needs of a snapshot beside its files.
struct SnapshotFacts {
  Location location;
  Version version = 0;
  std::int64_t timestamp_us = 0;
  Schema schema;
  ColumnMatching matching = ColumnMatching::ByName;
  std::map<int, Partitioning> partitionings;  // that files name, by id
};

// Those of a snapshot, for some of its files.
SnapshotFacts facts_of(const Snapshot& snapshot, const std::vector<FileTask>& files);

// Read-only: every other access is Error(UnsupportedFeature).
class GivenSnapshot final : public Snapshot {
 public:
  GivenSnapshot(SnapshotFacts facts, std::vector<FileTask> files)
      : facts_(std::move(facts)), files_(std::move(files)) {}

  const Location& location() const override { return facts_.location; }
  Version version() const override { return facts_.version; }
  std::int64_t timestamp_us() const override { return facts_.timestamp_us; }
  const Schema& schema() const override { return facts_.schema; }
  const Partitioning& partitioning() const override { return none_; }
  const Partitioning& partitioning_of(int id) const override;
  const Properties& properties() const override { return properties_; }
  const TableMetadata& metadata() const override { return metadata_; }
  ColumnMatching column_matching() const override { return facts_.matching; }
  WriteLayout write_layout() const override;
  void require(Access access) const override;
  std::unique_ptr<ScanPlan> plan(const ScanRequest& request) const override;
  TableSize size() const override;

  const std::vector<FileTask>& files() const { return files_; }

 private:
  const SnapshotFacts facts_;
  const std::vector<FileTask> files_;
  const Partitioning none_;
  const Properties properties_;
  const TableMetadata metadata_;
};

// The rows that a task gives; nullopt if its file doesn't say how many it has.
std::optional<std::int64_t> live_rows(const FileTask& task);

}  // namespace lakelet
