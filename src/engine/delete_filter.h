// Leaves deleted rows of a file out of its scan, and those that weren't asked for.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/multi_file/multi_file_data.hpp>
#include <memory>

#include "table/row_positions.h"

namespace lakelet::engine {

// Used by all threads that read the file.
class PositionDeleteFilter final : public duckdb::DeleteFilter {
 public:
  // Either may be null: none deleted, all asked for.
  explicit PositionDeleteFilter(std::shared_ptr<const RowPositions> deleted,
                                std::shared_ptr<const RowPositions> only = nullptr)
      : deleted_(std::move(deleted)), only_(std::move(only)) {}
  duckdb::idx_t Filter(duckdb::row_t start_row_index, duckdb::idx_t count, duckdb::SelectionVector& kept) override;

 private:
  std::shared_ptr<const RowPositions> deleted_, only_;
};

}  // namespace lakelet::engine
