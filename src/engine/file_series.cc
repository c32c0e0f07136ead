#include "engine/file_series.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/uuid.h"

namespace lakelet::engine {

std::string WrittenFiles::new_uri(const std::vector<Value>& partition_values) {
  const std::lock_guard lock(mutex);
  uris.push_back(layout.options().new_file_uri(partition_values, make_uuid_text()));
  return uris.back();
}

void WrittenFiles::add(DataFile file) {
  const std::lock_guard lock(mutex);
  files.push_back(std::move(file));
}

FileSeries::Place FileSeries::take() {
  if (!current_) {
    current_ = std::make_shared<ParquetFile>(written_.context, written_.layout, written_.new_uri(partition_values_),
                                             partition_values_);
  }
  ++current_->users;
  return {current_, current_->next_place()};
}

// The last to leave a full file closes it; who comes after it was found to be full gets the next one.
void FileSeries::write(RowBuffer& rows, const Place& place) {
  const auto& file = place.file;
  const int added = file->write(rows, place.number);
  {
    const std::lock_guard lock(mutex_);
    if (current_ == file && file->full()) current_.reset();
    file->users -= added;
    if (added == 0 || file->users > 0 || current_ == file) return;
  }
  written_.add(file->close());
}

void FileSeries::write(RowBuffer& rows) {
  if (rows.rows() == 0) return;
  Place place;
  {
    const std::lock_guard lock(mutex_);
    place = take();
  }
  write(rows, place);
}

void FileSeries::keep(RowBuffer& rows) {
  RowBuffer full(written_.context, written_.layout);
  {
    const std::lock_guard lock(mutex_);
    rest_.append_all(rows);
    if (!rest_.full()) return;
    std::swap(full, rest_);
  }
  write(full);
}

void FileSeries::write_in_order(RowBuffer& rows, const RowBatch& batch) {
  if (rows.rows() > 0) {
    const std::lock_guard lock(mutex_);
    batches_[batch.number].push_back(std::exchange(rows, RowBuffer(written_.context, written_.layout)));
  }
  write_what_is_there(batch.least);
}

// One after the other, so that each finds out whether the file is full by then.
void FileSeries::write_what_is_there(std::uint64_t least) {
  while (true) {
    std::optional<RowBuffer> rows;
    Place place;
    {
      const std::lock_guard lock(mutex_);
      least_batch_ = std::max(least_batch_, least);
      rows = next_in_order();
      if (!rows) return;
      place = take();
    }
    write(*rows, place);
  }
}

std::optional<RowBuffer> FileSeries::next_in_order() {
  while (!batches_.empty() && batches_.begin()->first <= least_batch_) {
    auto& batch = batches_.begin()->second;
    while (!batch.empty()) {
      rest_.append_all(batch.front());
      batch.pop_front();
      if (rest_.full()) return std::exchange(rest_, RowBuffer(written_.context, written_.layout));
    }
    batches_.erase(batches_.begin());
  }
  return std::nullopt;
}

void FileSeries::finish() {
  write_what_is_there(std::numeric_limits<std::uint64_t>::max());
  write(rest_);
  if (!current_) return;
  written_.add(current_->close());
  current_.reset();
}

}  // namespace lakelet::engine
