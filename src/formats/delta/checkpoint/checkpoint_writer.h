// A snapshot -> a checkpoint (PROTOCOL.md, "Checkpoints", V1 spec) and _last_checkpoint.
#pragma once

#include <cstdint>

#include "formats/delta/snapshot.h"

namespace lakelet::delta {

struct CheckpointOptions {
  // Rows per part; more rows than that make a multi-part checkpoint. The protocol advises against those ("Problems with
  // multi-part checkpoints"), so the default is one part for whatever fits into a file that readers can take.
  std::int64_t rows_per_part = 10'000'000;
  std::int64_t now_ms = 0;  // for the expiry of tombstones; 0: the wall clock
};

struct CheckpointResult {
  Version version = -1;
  std::int64_t actions = 0, added_files = 0;
  std::uint64_t bytes = 0;
  int parts = 1;
};

// Writes the checkpoint of the snapshot's version, then points _last_checkpoint to it. Memory: the actions of one part.
// Throws what the store and TabularIo throw; a reader never sees half a checkpoint.
CheckpointResult write_checkpoint(const DeltaSnapshot& snapshot, const CheckpointOptions& options = {});

}  // namespace lakelet::delta
