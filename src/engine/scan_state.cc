#include "engine/scan_state.h"

#include <fmt/format.h>

#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

void require_readable(const FileTask& task) {
  const auto refuse = [&](const char* what) {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("{}: {} aren't supported", task.file.uri, what));
  };
  if (!task.deletes.equality.empty()) refuse("equality deletes");
  if (!task.deletes.merge_logs.empty() || task.merge) refuse("log files merged on read");
  if (task.rows) refuse("rows that no file holds");
  if (task.file.columns) refuse("data files without field ids");
  if (!task.file.format.empty() && task.file.format != "parquet") refuse((task.file.format + " data files").c_str());
}

// A file comes once, but for the constants that tell its parts apart: what a commit added to it and what one took away.
std::string identity(const FileTask& task) {
  std::string text = task.file.uri;
  for (const auto& [column, value] : task.constants) {
    text += '\0';
    if (const auto* number = std::get_if<std::int64_t>(&value.storage())) text += std::to_string(*number);
    if (const auto* words = std::get_if<std::string>(&value.storage())) text += *words;
  }
  return text;
}

}  // namespace

const FileTask& ScanState::task(std::uint64_t file_number) const {
  const std::lock_guard lock(mutex_);
  if (file_number >= tasks_.size()) {
    throw Error(ErrorCode::Internal, fmt::format("the scan has no file number {}", file_number));
  }
  return tasks_[file_number];  // a deque: stays where it is
}

Predicate ScanState::predicate() const {
  const std::lock_guard lock(mutex_);
  return predicate_;
}

void ScanState::set_predicate(const Predicate& predicate) {
  const std::lock_guard lock(mutex_);
  predicate_ = predicate;
}

ScanFigures ScanState::figures() const {
  const std::lock_guard lock(mutex_);
  return {planned_, files_read_, bytes_read_};
}

std::uint64_t ScanState::number_of(FileTask task) {
  require_readable(task);
  const std::lock_guard lock(mutex_);
  const auto [entry, added] = numbers_.emplace(identity(task), tasks_.size());
  if (added) tasks_.push_back(std::move(task));
  return entry->second;
}

std::uint64_t ScanState::keep(std::shared_ptr<RuntimePruning> pruning) {
  const std::lock_guard lock(mutex_);
  prunings_.push_back(std::move(pruning));
  return prunings_.size() - 1;
}

std::shared_ptr<RuntimePruning> ScanState::runtime_pruning(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  return prunings_.at(number);
}

void ScanState::set_planned(const ScanCounts& counts) {
  const std::lock_guard lock(mutex_);
  planned_ = counts;
}

void ScanState::count_read(const FileTask& task) {
  ++files_read_;
  bytes_read_ += task.file.bytes;
}

}  // namespace lakelet::engine
