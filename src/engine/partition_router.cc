#include "engine/partition_router.h"

#include <algorithm>
#include <duckdb/execution/execution_context.hpp>
#include <duckdb/parallel/task_scheduler.hpp>
#include <optional>

namespace lakelet::engine {

namespace {

constexpr std::size_t kMostOpen = 64;
// A row group below that is hardly worth its own overhead.
constexpr std::uint64_t kBytesOfOpen = std::uint64_t{4} << 20;

}  // namespace

PartitionRouter::PartitionRouter(WrittenFiles& written, std::uint64_t buffer_bytes) : written_(written) {
  const auto threads =
      static_cast<std::uint64_t>(std::max(1, duckdb::TaskScheduler::GetScheduler(written.context).NumberOfThreads()));
  thread_bytes_ = buffer_bytes / threads;
  most_open_ = std::clamp<std::size_t>(thread_bytes_ / kBytesOfOpen, 2, kMostOpen);
}

FileSeries* PartitionRouter::series_of(const std::string& key, duckdb::DataChunk& rows, duckdb::idx_t row) {
  const std::lock_guard lock(mutex_);
  const auto found = series_.find(key);
  if (found != series_.end()) return found->second.get();
  if (written_.layout.ordered() || series_.size() >= most_open_) return nullptr;
  auto series = std::make_unique<FileSeries>(written_, written_.layout.partition_values(rows, row));
  return series_.emplace(key, std::move(series)).first->second.get();
}

PartitionSort& PartitionRouter::sort() {
  const std::lock_guard lock(mutex_);
  if (!sort_)
    sort_ = std::make_unique<PartitionSort>(written_.context, written_.layout.row_types(), written_.layout.ordered());
  return *sort_;
}

PartitionRouter::Thread::Open* PartitionRouter::Thread::find(const std::string& key, duckdb::DataChunk& rows,
                                                             duckdb::idx_t row) {
  const auto found = open_.find(key);
  if (found != open_.end()) return found->second.get();
  FileSeries* series = router_.series_of(key, rows, row);
  if (!series) return nullptr;
  auto open = std::unique_ptr<Open>(new Open{series, RowBuffer(router_.written_.context, router_.written_.layout)});
  return open_.emplace(key, std::move(open)).first->second.get();
}

void PartitionRouter::Thread::write(duckdb::ExecutionContext& context, duckdb::DataChunk& rows) {
  const FileLayout& layout = router_.written_.layout;
  duckdb::Vector keys(duckdb::LogicalType::BLOB, rows.size());
  layout.make_keys(rows, keys);
  duckdb::SelectionVector rest(STANDARD_VECTOR_SIZE);
  duckdb::idx_t rest_count = 0;
  duckdb::DataChunk file_rows, part;
  file_rows.InitializeEmpty(layout.file_types());
  part.InitializeEmpty(layout.file_types());
  layout.select_file_columns(rows, file_rows);
  for (PartitionRows& group : group_by_key(keys, rows.size())) {
    Open* open = find(std::string(group.key), rows, group.rows.front());
    if (!open) {
      for (const auto row : group.rows) rest.set_index(rest_count++, row);
    } else if (group.rows.size() == rows.size()) {
      append(*open, file_rows);
    } else {
      const duckdb::SelectionVector selection(group.rows.data());
      part.Slice(file_rows, selection, group.rows.size());
      append(*open, part);
    }
  }
  if (rest_count > 0) sort_rest(context, rows, keys, rest, rest_count);
}

void PartitionRouter::Thread::append(Open& open, duckdb::DataChunk& file_rows) {
  const std::uint64_t before = open.buffer.bytes();
  open.buffer.append(file_rows);
  bytes_ += open.buffer.bytes() - before;
  if (open.buffer.full()) {
    bytes_ -= open.buffer.bytes();
    write(open);
  }
  while (bytes_ > router_.thread_bytes_) write_largest();
}

void PartitionRouter::Thread::write(Open& open) {
  if (batch_) {
    open.series->write_in_order(open.buffer, *batch_);
  } else {
    open.series->write(open.buffer);
  }
}

void PartitionRouter::Thread::begin_batch(const RowBatch& batch) {
  if (batch_ && batch_->number != batch.number) {
    for (auto& [key, open] : open_) open->series->write_in_order(open->buffer, *batch_);
    bytes_ = 0;
  }
  batch_ = batch;
}

void PartitionRouter::Thread::write_largest() {
  const auto largest = std::max_element(open_.begin(), open_.end(), [](const auto& a, const auto& b) {
    return a.second->buffer.bytes() < b.second->buffer.bytes();
  });
  RowBuffer& buffer = largest->second->buffer;
  if (buffer.rows() == 0) {
    bytes_ = 0;
    return;
  }
  bytes_ -= std::min(bytes_, buffer.bytes());
  write(*largest->second);
}

void PartitionRouter::Thread::sort_rest(duckdb::ExecutionContext& context, duckdb::DataChunk& rows,
                                        duckdb::Vector& keys, duckdb::SelectionVector& selection, duckdb::idx_t count) {
  PartitionSort& sort = router_.sort();
  if (!sorting_) sorting_ = std::make_unique<PartitionSort::Thread>(sort, context);
  duckdb::DataChunk with_key;
  with_key.InitializeEmpty(sort.types());
  // Rows may have more columns than are written.
  const std::size_t columns = router_.written_.layout.row_types().size();
  for (std::size_t i = 0; i < columns; ++i) with_key.data[i].Slice(rows.data[i], selection, count);
  with_key.data[columns].Slice(keys, selection, count);
  with_key.SetCardinality(count);
  duckdb::Vector order_keys(duckdb::LogicalType::BLOB, count);
  if (router_.written_.layout.ordered()) {
    router_.written_.layout.make_order_keys(with_key, order_keys);
    with_key.data.back().Reference(order_keys);
  }
  sorting_->add(context, with_key);
}

void PartitionRouter::Thread::finish(duckdb::ExecutionContext& context) {
  for (auto& [key, open] : open_) {
    if (batch_) {
      open->series->write_in_order(open->buffer, *batch_);
    } else {
      open->series->keep(open->buffer);
    }
  }
  open_.clear();
  if (sorting_) sorting_->finish(context);
}

void PartitionRouter::finish(duckdb::ExecutionContext& context) {
  for (auto& [key, series] : series_) series->finish();
  series_.clear();
  if (sort_) write_sorted(context);
}

void PartitionRouter::write_sorted(duckdb::ExecutionContext& context) {
  const FileLayout& layout = written_.layout;
  std::optional<std::string> key;
  std::unique_ptr<FileSeries> series;
  RowBuffer buffer(written_.context, layout);
  const auto end_partition = [&] {
    if (!series) return;
    series->write(buffer);
    series->finish();
  };
  duckdb::DataChunk file_rows, part;
  file_rows.InitializeEmpty(layout.file_types());
  part.InitializeEmpty(layout.file_types());
  sort_->for_each(context, [&](duckdb::DataChunk& rows) {
    layout.select_file_columns(rows, file_rows);
    auto& keys = rows.data[layout.row_types().size()];
    keys.Flatten(rows.size());
    for (const PartitionRows& group : group_by_key(keys, rows.size())) {
      if (!key || *key != group.key) {
        end_partition();
        key = std::string(group.key);
        series = std::make_unique<FileSeries>(written_, layout.partition_values(rows, group.rows.front()));
      }
      const duckdb::SelectionVector selection(const_cast<duckdb::sel_t*>(group.rows.data()));
      part.Slice(file_rows, selection, group.rows.size());
      buffer.append(part);
      if (buffer.full()) series->write(buffer);
    }
  });
  end_partition();
}

}  // namespace lakelet::engine
