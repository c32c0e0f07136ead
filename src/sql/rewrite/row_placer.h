// Where rows go: the order of the new files' rows as a column to sort by, learnt from a sample of them.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <vector>

#include "engine/space_filling_curve.h"
#include "engine/value_ranks.h"
#include "sql/rewrite/rewrite_step.h"

namespace lakelet::sql {

// Where a column or a part of one is in a chunk: indexes, from the top.
using ChunkPath = std::vector<duckdb::idx_t>;

// Throws Error(InvalidArgument) for a column that the schema doesn't have.
ChunkPath chunk_path(const Schema& schema, const ColumnPath& column);

class RowPlacer {
 public:
  // Reads some of the rows of the files, of these columns. Throws Error(InvalidArgument) for columns whose values have
  // no order.
  RowPlacer(duckdb::ClientContext& context, std::shared_ptr<const Snapshot> snapshot, const RewriteStep& step);

  static duckdb::LogicalType key_type(const RewriteStep& step);
  // The places of rows whose columns begin as the snapshot's schema. Thread-safe.
  void place(duckdb::DataChunk& rows, duckdb::Vector& keys) const;

 private:
  void learn(duckdb::ClientContext& context, std::shared_ptr<const Snapshot> snapshot,
             const std::vector<FileTask>& files);

  engine::Curve curve_;
  int bits_;
  std::vector<ChunkPath> columns_;
  std::vector<engine::ValueRanks> ranks_;  // one for each column
};

}  // namespace lakelet::sql
