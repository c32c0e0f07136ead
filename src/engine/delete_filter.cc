#include "engine/delete_filter.h"

#include <algorithm>

namespace lakelet::engine {
namespace {

constexpr duckdb::idx_t kStretch = 64;

}  // namespace

duckdb::idx_t PositionDeleteFilter::Filter(duckdb::row_t start_row_index, duckdb::idx_t count,
                                           duckdb::SelectionVector& kept) {
  const auto start = static_cast<std::uint64_t>(start_row_index);
  const bool some_deleted = deleted_ && deleted_->intersects(start, count);
  if (!some_deleted && !only_) return count;  // `kept` as it comes selects every row
  if (only_ && !only_->intersects(start, count)) return 0;
  kept.Initialize(STANDARD_VECTOR_SIZE);
  duckdb::idx_t n = 0;
  // Few rows are named, mostly: a stretch is asked about before its rows are.
  for (duckdb::idx_t first = 0; first < count; first += kStretch) {
    const duckdb::idx_t end = std::min(first + kStretch, count);
    if (only_ && !only_->intersects(start + first, end - first)) continue;
    const bool deleted_here = some_deleted && deleted_->intersects(start + first, end - first);
    for (duckdb::idx_t i = first; i < end; ++i) {
      if (deleted_here && deleted_->contains(start + i)) continue;
      if (!only_ || only_->contains(start + i)) kept.set_index(n++, i);
    }
  }
  return n;
}

}  // namespace lakelet::engine
