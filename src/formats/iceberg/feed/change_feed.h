// What happened to the rows of an Iceberg table, snapshot by snapshot.
#pragma once

#include <memory>
#include <vector>

#include "formats/iceberg/feed/change_range.h"
#include "table/change_feed.h"

namespace lakelet::iceberg {

// The rows of a snapshot against those of the one before it: files that came and went, and rows of files that stayed.
// Snapshots of the operation `replace` change no row (spec.md, "Snapshots"). Rows are told with the columns of
// `newest`.
class IcebergChangeFeed final : public ChangeFeed {
 public:
  // Throws as steps_of().
  static std::shared_ptr<const IcebergChangeFeed> open(std::shared_ptr<const IcebergSnapshot> newest,
                                                       const ChangeRange& range);

  const std::shared_ptr<const Snapshot>& snapshot() const override { return snapshot_; }
  std::unique_ptr<ChangePlan> plan(const Predicate& predicate) const override;
  // All but appends: a snapshot doesn't tell which rows of a new file it took over from an old one.
  std::vector<Version> rewriting_versions() const override;

  const IcebergSnapshot& newest() const { return *newest_; }
  const std::vector<SnapshotStep>& steps() const { return steps_; }
  // The table at a snapshot of its metadata, null for none.
  std::shared_ptr<const IcebergSnapshot> at(const SnapshotEntry* entry) const;

 private:
  std::shared_ptr<const IcebergSnapshot> newest_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<SnapshotStep> steps_;
};

}  // namespace lakelet::iceberg
