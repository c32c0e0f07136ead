// Actions -> Arrow batches in the schema of a checkpoint (PROTOCOL.md, "Checkpoint Schema").
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "formats/delta/checkpoint/statistics_columns.h"
#include "formats/delta/protocol/actions.h"
#include "lakelet/arrow.h"

namespace lakelet::delta {

// Columns beyond the usual ones are there only where a table needs them, so that readers which don't know them are not
// troubled.
struct CheckpointShape {
  bool files = true;   // add and remove: not in a v2 checkpoint with sidecars
  bool others = true;  // all other actions: not in a sidecar
  bool deletion_vectors = false;
  bool row_tracking = false;  // baseRowId, defaultRowCommitVersion
  bool domains = false;
  bool clustering = false;
  bool v2 = false;        // checkpointMetadata
  bool sidecars = false;  // sidecar
  bool json_statistics = true;
  // stats_parsed, of these columns of the schema; and partitionValues_parsed, unless there are no partition columns.
  bool typed_values = false;
  Schema schema = {};
  std::vector<ColumnPath> statistics_columns = {};
  std::vector<Field> partition_columns = {};
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
  void append(const CheckpointMetadata& metadata);
  void append(const Sidecar& sidecar);
  void append(const AddFile& add);  // throws Error(CorruptTable) for a partition value that isn't of its type
  void append(const RemoveFile& remove);

  std::int64_t rows() const { return rows_; }
  OwnedArrowArray take();  // the rows so far; the batch is empty again

 private:
  ArrowArray& begin_row(const char* action);  // its struct; all other columns get a null
  void end_row();
  void restart();
  void append_partition_values(const AddFile& add, ArrowArray* array) const;

  CheckpointShape shape_;
  std::optional<StatisticsColumns> statistics_;
  OwnedArrowSchema schema_;
  OwnedArrowArray array_;
  ArrowArray* row_ = nullptr;  // of the action that is being appended
  std::int64_t rows_ = 0;
};

}  // namespace lakelet::delta
