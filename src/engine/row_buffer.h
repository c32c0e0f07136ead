// Rows of one file, in memory that can spill, until there are enough of them for a row group.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/types/column/column_data_collection.hpp>
#include <vector>

#include "engine/file_layout.h"

namespace lakelet::engine {

class RowBuffer {
 public:
  // Columns as FileLayout::file_types().
  RowBuffer(duckdb::ClientContext& context, const FileLayout& layout);
  RowBuffer(RowBuffer&&) = default;
  RowBuffer& operator=(RowBuffer&&) = default;

  void append(duckdb::DataChunk& file_rows);
  // Takes the rows of the other one, which is empty afterwards.
  void append_all(RowBuffer& other);
  // The rows, to be written; the buffer is empty afterwards.
  duckdb::unique_ptr<duckdb::ColumnDataCollection> take();

  std::uint64_t rows() const { return rows_ ? rows_->Count() : 0; }
  std::uint64_t bytes() const { return rows_ ? rows_->AllocationSize() : 0; }
  bool full() const;  // enough for a row group
  // For each column of FileLayout::float_columns(): whether a NaN has come since the buffer was last empty.
  const std::vector<bool>& has_nan() const { return has_nan_; }

 private:
  void append_encoded(duckdb::DataChunk& file_rows);
  void look_for_nan(duckdb::DataChunk& file_rows);

  duckdb::ClientContext* context_;
  const FileLayout* layout_;
  duckdb::unique_ptr<duckdb::ColumnDataCollection> rows_;
  duckdb::ColumnDataAppendState append_state_;
  std::vector<bool> has_nan_;
};

}  // namespace lakelet::engine
