#include "engine/delete_filter.h"

namespace lakelet::engine {

duckdb::idx_t PositionDeleteFilter::Filter(duckdb::row_t start_row_index, duckdb::idx_t count,
                                           duckdb::SelectionVector& kept) {
  const auto start = static_cast<std::uint64_t>(start_row_index);
  const bool some_deleted = deleted_ && deleted_->intersects(start, count);
  if (!some_deleted && !only_) return count;  // `kept` as it comes selects every row
  if (only_ && !only_->intersects(start, count)) return 0;
  kept.Initialize(STANDARD_VECTOR_SIZE);
  duckdb::idx_t n = 0;
  for (duckdb::idx_t i = 0; i < count; ++i) {
    if (some_deleted && deleted_->contains(start + i)) continue;
    if (!only_ || only_->contains(start + i)) kept.set_index(n++, i);
  }
  return n;
}

}  // namespace lakelet::engine
