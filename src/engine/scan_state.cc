#include "engine/scan_state.h"

#include <fmt/format.h>

#include <duckdb/common/exception.hpp>
#include <duckdb/storage/buffer_manager.hpp>

#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

void require_readable(const FileTask& task) {
  const auto refuse = [&](const char* what) {
    throw Error(ErrorCode::UnsupportedFeature, fmt::format("{}: {} aren't supported", task.file.uri, what));
  };
  for (const Deletes::Equality& deletes : task.deletes.equality) {
    if (deletes.format != "parquet") refuse("equality deletes that aren't Parquet");
  }
  if (!task.deletes.merge_logs.empty() || task.merge) refuse("log files merged on read");
  if (task.rows) refuse("rows that no file holds");
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

ScanState::~ScanState() {
  if (reserved_ > 0) duckdb::BufferManager::GetBufferManager(*database_).FreeReservedMemory(reserved_);
}

// An estimate, in steps that spare the database's lock.
void ScanState::reserve_for(const FileTask& task) {
  constexpr std::uint64_t kStep = std::uint64_t{1} << 20;
  constexpr std::uint64_t kBookkeeping = 256;  // the deque's, the map's, the list's of the same file
  taken_ += sizeof(FileTask) + kBookkeeping + task.file.path.size() + 2 * task.file.uri.size() +
            task.file.partition_values.size() * sizeof(Value);
  if (taken_ <= reserved_) return;
  try {
    duckdb::BufferManager::GetBufferManager(*database_).ReserveMemory(kStep);
  } catch (const duckdb::OutOfMemoryException&) {
    throw Error(ErrorCode::Exhausted,
                fmt::format("the memory limit is too small for the list of files of {}: {} files fit so far",
                            source_.snapshot->location().uri, tasks_.size()),
                "raise --memory-limit, or filter by a partition column");
  }
  reserved_ += kStep;
}

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
  if (!added) return entry->second;
  reserve_for(task);
  tasks_.push_back(std::move(task));
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
