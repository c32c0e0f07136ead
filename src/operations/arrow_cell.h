// Single cells of Arrow batches as Values, text and JSON.
#pragma once

#include <nanoarrow/nanoarrow.h>

#include <memory>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "lakelet/arrow.h"
#include "lakelet/schema.h"

namespace lakelet::operations {

// How one column's cells are read: its type, and how Arrow stores it (the unit of its timestamps, say).
class CellReader {
 public:
  // `storage` is the Arrow schema of the column. Throws Error(UnsupportedFeature) for a layout that we don't know.
  CellReader(const Type& type, const ArrowSchema& storage);

  // `array` is a view of the column in a batch, `row` within it. Nested cells come as JSON text.
  Value value(const ArrowArrayView& array, std::int64_t row) const;
  void write_json(JsonWriter& json, const ArrowArrayView& array, std::int64_t row) const;

 private:
  Value scalar(const ArrowArrayView& array, std::int64_t row) const;
  Value decimal(const ArrowArrayView& array, std::int64_t row) const;
  void write_scalar(JsonWriter& json, const Value& value) const;
  void write_map(JsonWriter& json, const ArrowArrayView& array, std::int64_t row) const;

  Type type_;
  ArrowType storage_ = NANOARROW_TYPE_UNINITIALIZED;
  int precision_ = 0;
  int scale_ = 0;
  int bits_ = 0;               // of a decimal
  std::int64_t multiply_ = 1;  // from Arrow's unit to the type's
  std::int64_t divide_ = 1;
  std::vector<CellReader> children_;
};

// Owns a nanoarrow view of whole batches of one schema.
class BatchView {
 public:
  explicit BatchView(const ArrowSchema& schema);
  ~BatchView();
  BatchView(const BatchView&) = delete;
  BatchView& operator=(const BatchView&) = delete;

  // Throws Error(Internal) for an array that isn't of the schema. The array must outlive its use here.
  void set(const ArrowArray& batch);
  const ArrowArrayView& column(std::size_t i) const { return *view_.children[i]; }
  const ArrowArrayView& whole() const { return view_; }
  std::int64_t row_in_column(std::int64_t row) const { return row + view_.offset; }

 private:
  ArrowArrayView view_;
};

}  // namespace lakelet::operations
