// A "memory_format" table at one version.
#pragma once

#include <memory>

#include "memory_format/memory_log.h"
#include "table/snapshot.h"

namespace lakelet {

class MemorySnapshot final : public Snapshot {
 public:
  MemorySnapshot(Location location, std::shared_ptr<const MemoryState> state);

  const Location& location() const override { return location_; }
  Version version() const override { return state_->version; }
  std::int64_t timestamp_us() const override { return state_->timestamp_us; }
  const Schema& schema() const override { return schema_; }
  const Partitioning& partitioning() const override { return state_->metadata.partitioning; }
  const Properties& properties() const override { return state_->metadata.properties; }
  const TableMetadata& metadata() const override { return metadata_; }
  ColumnMatching column_matching() const override { return write_layout().matching; }
  bool widens(const Type& from, const Type& to) const override {
    return from.integral() && to.integral() && from.kind() < to.kind();
  }
  WriteLayout write_layout() const override;
  RowRules row_rules() const override;
  RowTracking row_tracking() const override;
  void require(Access access) const override;
  std::unique_ptr<ScanPlan> plan(const ScanRequest& request) const override;
  TableSize size() const override;

  const MemoryState& state() const { return *state_; }

 private:
  const Location location_;
  const std::shared_ptr<const MemoryState> state_;
  const Schema schema_;
  TableMetadata metadata_;
};

// Of a table with this metadata; the transaction asks for a schema that isn't committed yet.
WriteLayout memory_write_layout(const MemoryMetadata& metadata);

}  // namespace lakelet
