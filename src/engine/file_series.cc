#include "engine/file_series.h"

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

std::shared_ptr<ParquetFile> FileSeries::take() {
  const std::lock_guard lock(mutex_);
  if (!current_) {
    current_ = std::make_shared<ParquetFile>(written_.context, written_.layout, written_.new_uri(partition_values_),
                                             partition_values_);
  }
  ++current_->users;
  return current_;
}

// The last to leave a full file closes it; who comes after it was found to be full gets the next one.
void FileSeries::give_back(const std::shared_ptr<ParquetFile>& file) {
  {
    const std::lock_guard lock(mutex_);
    if (current_ == file && file->full()) current_.reset();
    if (--file->users > 0 || current_ == file) return;
  }
  written_.add(file->close());
}

void FileSeries::write(RowBuffer& rows) {
  if (rows.rows() == 0) return;
  const auto file = take();
  file->write(rows);
  give_back(file);
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

void FileSeries::finish() {
  write(rest_);
  if (!current_) return;
  written_.add(current_->close());
  current_.reset();
}

}  // namespace lakelet::engine
