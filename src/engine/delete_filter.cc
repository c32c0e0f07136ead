#include "engine/delete_filter.h"

namespace lakelet::engine {

duckdb::idx_t PositionDeleteFilter::Filter(duckdb::row_t start_row_index, duckdb::idx_t count,
                                           duckdb::SelectionVector& kept) {
  const auto start = static_cast<std::uint64_t>(start_row_index);
  if (!deleted_->intersects(start, count)) return count;  // `kept` as it comes selects every row
  kept.Initialize(STANDARD_VECTOR_SIZE);
  duckdb::idx_t n = 0;
  for (duckdb::idx_t i = 0; i < count; ++i) {
    if (!deleted_->contains(start + i)) kept.set_index(n++, i);
  }
  return n;
}

}  // namespace lakelet::engine
