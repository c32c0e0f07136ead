// What goes into a checkpoint, as a stream of Arrow batches for each of its files.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/delta/checkpoint/checkpoint_batch.h"
#include "formats/delta/files/live_files.h"
#include "formats/delta/snapshot.h"

namespace lakelet::delta {

// All actions of a version but those of its live files, which are read when they are wanted.
struct CheckpointContents {
  // At `now_ms`: tombstones and transactions that have expired by then are left out.
  CheckpointContents(const DeltaSnapshot& snapshot, std::int64_t now_ms);

  const DeltaSnapshot& snapshot;
  std::vector<Txn> transactions;
  std::vector<DomainMetadata> domains;
  std::vector<RemoveFile> tombstones;
  CheckpointShape shape;                 // of everything in one file
  mutable std::int64_t added_bytes = 0;  // of the live files that were streamed so far

  std::int64_t file_actions() const { return snapshot.file_count() + static_cast<std::int64_t>(tombstones.size()); }
  std::int64_t size() const {
    return 2 + file_actions() + static_cast<std::int64_t>(transactions.size() + domains.size());
  }
};

// The live files of a version, then its tombstones: one pass, however many checkpoint files it fills. The contents must
// outlive it.
class FileActions {
 public:
  explicit FileActions(const CheckpointContents& contents);
  // Appends the next one if `wanted(path, deletion vector)` says so; false at the end.
  template <typename Wanted>
  bool next(CheckpointBatch& batch, const Wanted& wanted) {
    if (more_files_ && (more_files_ = files_.next())) {
      const AddFile add = to_add_file(files_.whole_file());
      if (wanted(add.path, add.deletion_vector)) {
        batch.append(add);
        ++appended_;
        contents_.added_bytes += add.size;
      }
      return true;
    }
    if (tombstone_ == contents_.tombstones.size()) return false;
    const RemoveFile& remove = contents_.tombstones[tombstone_++];
    if (wanted(remove.path, remove.deletion_vector)) batch.append(remove), ++appended_;
    return true;
  }
  std::int64_t appended() const { return appended_; }

 private:
  const CheckpointContents& contents_;
  LiveFiles files_;
  bool more_files_ = true;
  std::size_t tombstone_ = 0;
  std::int64_t appended_ = 0;
};

// Streams for TabularIo::write_parquet(); what they are made from must outlive them.
//
// One file of a classic checkpoint, or part `part` of `parts`, counted from 1.
OwnedArrowStream checkpoint_part_stream(const CheckpointContents& contents, int part, int parts);
// A v2 checkpoint: with everything, or, if there are sidecars, with what isn't in them.
OwnedArrowStream v2_checkpoint_stream(const CheckpointContents& contents, const CheckpointMetadata& metadata,
                                      const std::vector<Sidecar>& sidecars);
// The next `most` file actions.
OwnedArrowStream sidecar_stream(const CheckpointContents& contents, FileActions& actions, std::int64_t most);

}  // namespace lakelet::delta
