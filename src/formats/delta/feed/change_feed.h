// The change feed of a Delta table (PROTOCOL.md, "Change Data Files").
#pragma once

#include <memory>
#include <vector>

#include "formats/delta/feed/feed_schema.h"
#include "formats/delta/snapshot.h"
#include "table/change_feed.h"

namespace lakelet::delta {

class DeltaChangeFeed final : public ChangeFeed {
 public:
  // One listing of the log; the states of the first version and, with column mapping, of the last. Throws as
  // FormatTable::changes.
  static std::shared_ptr<const DeltaChangeFeed> open(std::shared_ptr<const DeltaSnapshot> newest,
                                                     const ChangeRange& range);

  const std::shared_ptr<const Snapshot>& snapshot() const override { return snapshot_; }
  std::unique_ptr<ChangePlan> plan(const Predicate& predicate) const override;

  struct Commit {
    Version version = 0;
    LogFile file;
    std::int64_t file_time_ms = 0;  // monotonic
  };
  // In their order, without gaps; none for an empty range.
  const std::vector<Commit>& commits() const { return commits_; }
  // The columns that changes are read with.
  const FeedSchema& columns() const { return columns_; }
  const DeltaSnapshot& read_as() const { return *read_as_; }
  // At the first version.
  const Metadata& first_metadata() const { return first_metadata_; }
  const Protocol& first_protocol() const { return first_protocol_; }

 private:
  DeltaChangeFeed() = default;

  std::shared_ptr<const DeltaSnapshot> read_as_;
  std::shared_ptr<const Snapshot> snapshot_;  // the same
  std::vector<Commit> commits_;
  FeedSchema columns_;
  Metadata first_metadata_;
  Protocol first_protocol_;
};

// Whether a version with this metadata records its changes.
bool records_changes(const Metadata& metadata);

}  // namespace lakelet::delta
