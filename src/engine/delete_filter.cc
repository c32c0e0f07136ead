#include "engine/delete_filter.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace lakelet::engine {
namespace {

using Offsets = std::array<std::uint32_t, STANDARD_VECTOR_SIZE>;

// Writes the numbers below `count` that aren't in `left_out` (ascending); returns how many.
duckdb::idx_t keep_others(const std::uint32_t* left_out, std::uint32_t n, std::uint32_t count, duckdb::sel_t* kept) {
  std::uint32_t next = 0;
  duckdb::sel_t* end = kept;
  const auto keep_until = [&](std::uint32_t stop) {
    std::iota(end, end + (stop - next), next);
    end += stop - next;
  };
  for (std::uint32_t i = 0; i < n; ++i) {
    keep_until(left_out[i]);
    next = left_out[i] + 1;
  }
  keep_until(count);
  return static_cast<duckdb::idx_t>(end - kept);
}

}  // namespace

duckdb::idx_t PositionDeleteFilter::Filter(duckdb::row_t start_row_index, duckdb::idx_t count,
                                           duckdb::SelectionVector& kept) {
  const auto start = static_cast<std::uint64_t>(start_row_index);
  const auto rows = static_cast<std::uint32_t>(count);
  Offsets gone;
  const std::uint32_t deleted = deleted_ ? deleted_->offsets_in(start, rows, gone.data()) : 0;
  if (!only_) {
    if (deleted == 0) return count;  // `kept` as it comes selects every row
    if (deleted == rows) return 0;
    kept.Initialize(STANDARD_VECTOR_SIZE);
    return keep_others(gone.data(), deleted, rows, kept.data());
  }
  Offsets asked;
  const std::uint32_t wanted = only_->offsets_in(start, rows, asked.data());
  if (wanted == 0 || (wanted == rows && deleted == 0)) return wanted;
  kept.Initialize(STANDARD_VECTOR_SIZE);
  const auto end =
      std::set_difference(asked.data(), asked.data() + wanted, gone.data(), gone.data() + deleted, kept.data());
  return static_cast<duckdb::idx_t>(end - kept.data());
}

}  // namespace lakelet::engine
