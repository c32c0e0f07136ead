// Actions -> Arrow batches in the schema of a checkpoint (PROTOCOL.md, "Checkpoint Schema").
#pragma once

#include <cstdint>

#include "formats/delta/protocol/actions.h"
#include "lakelet/arrow.h"

namespace lakelet::delta {

// Columns beyond the usual ones are there only where a table needs them, so that readers which don't know them are not
// troubled.
struct CheckpointShape {
  bool deletion_vectors = false;
  bool row_tracking = false;  // baseRowId, defaultRowCommitVersion
  bool domains = false;
  bool clustering = false;
};

OwnedArrowSchema checkpoint_schema(const CheckpointShape& shape);

// Collects rows, one action each. Throws Error(Exhausted) when memory runs out. Not thread-safe.
class CheckpointBatch {
 public:
  explicit CheckpointBatch(const CheckpointShape& shape);

  void append(const Protocol& protocol);
  void append(const Metadata& metadata);
  void append(const Txn& txn);
  void append(const DomainMetadata& domain);  // only with shape.domains
  void append(const AddFile& add);
  void append(const RemoveFile& remove);

  std::int64_t rows() const { return rows_; }
  OwnedArrowArray take();  // the rows so far; the batch is empty again

 private:
  ArrowArray& begin_row(std::size_t column);  // the column's struct; all others get a null
  void end_row(std::size_t column);
  void restart();

  CheckpointShape shape_;
  OwnedArrowSchema schema_;
  OwnedArrowArray array_;
  std::int64_t rows_ = 0;
};

}  // namespace lakelet::delta
