// Checkpoints: the whole state of a version in one file or a few (PROTOCOL.md,
// "Checkpoints").
#pragma once

#include <string>
#include <vector>

#include "formats/delta/log/table_state.h"
#include "table/table_format.h"

namespace lakelet::delta {

struct CheckpointState {
  TableState state;  // without segment and times
  std::string uri;
  bool has_protocol = false;
  bool has_metadata = false;
  // Throws Error(CorruptTable) for a checkpoint that is whole but lacks what
  // each must have.
  void require_complete() const;
};

// Classic and multi-part ones, and v2 ones in Parquet or JSON with or without
// sidecars. All but the files that Parquet lists is read; those stay where they
// are (FileList::checkpoint), but that they are there is known. Throws
// Error(CorruptTable) or Error(NotFound) naming the file that is cut short,
// damaged or gone, or that contradicts itself.
CheckpointState read_checkpoint(const FormatContext& context, const Location& table, const CheckpointFiles& checkpoint);

// Only its tombstones.
std::vector<RemoveFile> read_checkpoint_tombstones(const FormatContext& context, const Location& table,
                                                   const CheckpointFiles& checkpoint);

// The sidecars that it names.
std::vector<Sidecar> read_checkpoint_sidecars(const FormatContext& context, const Location& table,
                                              const CheckpointFiles& checkpoint);

}  // namespace lakelet::delta
