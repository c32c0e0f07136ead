#include "engine/parquet_file.h"

#include <algorithm>
#include <chrono>

#include "engine/engine_error.h"
#include "engine/engine_impl.h"
#include "engine/type_mapping.h"
#include "engine/whole_variants.h"
#include "engine/written_statistics.h"

namespace lakelet::engine {

ParquetFile::ParquetFile(duckdb::ClientContext& context, const FileLayout& layout, std::string uri,
                         std::vector<Value> partition_values)
    : context_(context),
      layout_(layout),
      uri_(std::move(uri)),
      partition_values_(std::move(partition_values)),
      has_nan_(layout.float_columns().size()) {
  const auto& function = layout_.function();
  state_ = function.copy_to_initialize_global(context_, layout_.bind_data(), to_engine_path(uri_));
  if (layout_.has_variants()) take_encoded_variants(*state_);
  function.copy_to_get_written_statistics(context_, layout_.bind_data(), *state_, statistics_);
}

int ParquetFile::write(RowBuffer& rows, std::uint64_t place) {
  const std::vector<bool> has_nan = rows.has_nan();
  const auto& function = layout_.function();
  auto batch = function.prepare_batch(context_, layout_.bind_data(), *state_, rows.take());
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < has_nan_.size(); ++i) has_nan_[i] = has_nan_[i] || has_nan[i];
  encoded_.emplace(place, std::move(batch));
  int added = 0;
  for (; !encoded_.empty() && encoded_.begin()->first == row_groups_; ++row_groups_, ++added) {
    function.flush_batch(context_, layout_.bind_data(), *state_, *encoded_.begin()->second);
    encoded_.erase(encoded_.begin());
  }
  return added;
}

bool ParquetFile::full() const {
  return layout_.function().rotate_next_file(*state_, layout_.bind_data(),
                                             duckdb::optional_idx(layout_.options().layout.target_file_bytes));
}

DataFile ParquetFile::close() {
  layout_.function().copy_to_finalize(context_, layout_.bind_data(), *state_);
  state_.reset();
  DataFile file;
  file.uri = uri_;
  file.format = "parquet";
  file.bytes = statistics_.file_size_bytes;
  file.rows = static_cast<std::int64_t>(statistics_.row_count);
  file.partitioning_id = layout_.options().partitioning.id;
  file.partition_values = partition_values_;
  file.modified_us =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  file.statistics = written_statistics(layout_, statistics_, has_nan_, static_cast<int>(row_groups_));
  return file;
}

}  // namespace lakelet::engine
