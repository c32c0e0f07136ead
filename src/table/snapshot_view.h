// A snapshot seen in another way: everything that isn't overridden is the snapshot's own.
#pragma once

#include <memory>
#include <utility>

#include "table/snapshot.h"

namespace lakelet {

class SnapshotView : public Snapshot {
 public:
  explicit SnapshotView(std::shared_ptr<const Snapshot> base) : base_(std::move(base)) {}

  const Location& location() const override { return base_->location(); }
  Version version() const override { return base_->version(); }
  std::int64_t timestamp_us() const override { return base_->timestamp_us(); }
  const Schema& schema() const override { return base_->schema(); }
  const Partitioning& partitioning() const override { return base_->partitioning(); }
  const Partitioning& partitioning_of(int id) const override { return base_->partitioning_of(id); }
  const Properties& properties() const override { return base_->properties(); }
  const TableMetadata& metadata() const override { return base_->metadata(); }
  std::optional<std::string> branch() const override { return base_->branch(); }
  ColumnMatching column_matching() const override { return base_->column_matching(); }
  bool widens(const Type& from, const Type& to) const override { return base_->widens(from, to); }
  WriteLayout write_layout() const override { return base_->write_layout(); }
  RowTracking row_tracking() const override { return base_->row_tracking(); }
  void require(Access access) const override { base_->require(access); }
  std::unique_ptr<ScanPlan> plan(const ScanRequest& request) const override { return base_->plan(request); }
  TableSize size() const override { return base_->size(); }
  TableSize size_estimate() const override { return base_->size_estimate(); }

 protected:
  const std::shared_ptr<const Snapshot>& base() const { return base_; }

 private:
  std::shared_ptr<const Snapshot> base_;
};

}  // namespace lakelet
