// What happens after a commit is in the log, and can't fail it any more.
#pragma once

#include <memory>
#include <vector>

#include "formats/delta/snapshot.h"
#include "lakelet/events.h"

namespace lakelet::delta {

// A commit that is there.
struct FinishedCommit {
  const DeltaSnapshot& base;  // what it was made on, so that only newer commits are read
  Version version = 0;
  const std::vector<Action>& actions;  // all but its commitInfo, as they were put
  const Protocol& protocol;            // of the table since
  const Metadata& metadata;
  bool recommits = false;  // some of its files were there before
  std::optional<std::int64_t> in_commit_timestamp_ms = {};
  std::string txn_id = {};
};

// Every delta.checkpointInterval versions a checkpoint, and then the log's clean-up; every
// lakelet.logCompactionInterval versions, where that is set, a compaction of those commits; and the version's checksum
// where it can be had without reading a checkpoint. Each failure becomes a Warning event: the commit stands, and the
// log can be read without any of these. Without an engine to write Parquet there are no checkpoints.
void after_commit(const FinishedCommit& commit, const EventSink& events);

// The table at a version above the base's. Reads the commits in between.
std::shared_ptr<const DeltaSnapshot> advance(const DeltaSnapshot& base, Version version);

}  // namespace lakelet::delta
