// A snapshot -> a checkpoint (PROTOCOL.md, "Checkpoints") and _last_checkpoint.
#pragma once

#include <cstdint>

#include "formats/delta/snapshot.h"

namespace lakelet::delta {

struct CheckpointOptions {
  // Classic ones: rows per part; more rows than that make a multi-part checkpoint. The protocol advises against those
  // ("Problems with multi-part checkpoints"), so the default is one part for whatever fits into a file that readers can
  // take.
  std::int64_t rows_per_part = 10'000'000;
  // v2 ones: up to so many file actions stay in the checkpoint itself, more go into sidecars of so many each.
  std::int64_t most_embedded = 100'000, rows_per_sidecar = 1'000'000;
  std::int64_t now_ms = 0;  // for the expiry of tombstones; 0: the wall clock
};

struct CheckpointResult {
  Version version = -1;
  std::int64_t actions = 0, added_files = 0;
  std::int64_t added_bytes = 0;  // of the data files
  std::uint64_t bytes = 0;
  int parts = 1;
  int sidecars = 0;
};

// Writes the checkpoint of the snapshot's version, then points _last_checkpoint to it. With delta.checkpointPolicy v2
// it follows the V2 spec and is named by a UUID, but for every tenth: that one has the classic name, by which clients
// that know no other find out that they can't read the table. Memory: the tombstones, and a batch of the files.
// Throws what the store and TabularIo throw; a reader never sees half a checkpoint.
CheckpointResult write_checkpoint(const DeltaSnapshot& snapshot, const CheckpointOptions& options = {});

}  // namespace lakelet::delta
