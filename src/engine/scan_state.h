// The shared state of one scan: its snapshot, the numbers of its files, and what was counted.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

#include "engine/equality_deletes.h"
#include "engine/runtime_pruning.h"
#include "engine/scan.h"

namespace lakelet::engine {

class ScanState final : public TableScan {
 public:
  // What the files take counts towards the memory limit of the database.
  ScanState(duckdb::shared_ptr<duckdb::DatabaseInstance> database, ScanSource source)
      : source_(std::move(source)), database_(std::move(database)), equality_deletes_(source_.snapshot, database_) {}
  ~ScanState() override;
  ScanState(const ScanState&) = delete;
  ScanState& operator=(const ScanState&) = delete;

  const std::shared_ptr<const Snapshot>& snapshot() const override { return source_.snapshot; }
  const FileTask& task(std::uint64_t file_number) const override;
  ScanFigures figures() const override;
  Predicate predicate() const override;

  const ScanSource& source() const { return source_; }
  // The number of a file, the same for the same file whichever plan of this scan gave it. Throws
  // Error(UnsupportedFeature) for deletes or a file format that the engine can't read, and Error(Exhausted) when the
  // files of the scan don't fit into memory.
  std::uint64_t number_of(FileTask task);
  // What prunes the files of one list while it is read; found again by the number that this returns.
  std::uint64_t keep(std::shared_ptr<RuntimePruning> pruning);
  std::shared_ptr<RuntimePruning> runtime_pruning(std::uint64_t number) const;
  void set_planned(const ScanCounts& counts);
  void set_predicate(const Predicate& predicate);
  void count_read(const FileTask& task);
  EqualityDeletes& equality_deletes() { return equality_deletes_; }

 private:
  void reserve_for(const FileTask& task);

  ScanSource source_;
  duckdb::shared_ptr<duckdb::DatabaseInstance> database_;
  EqualityDeletes equality_deletes_;
  mutable std::mutex mutex_;
  std::uint64_t taken_ = 0, reserved_ = 0;  // bytes of tasks, and of those what the database knows
  std::deque<FileTask> tasks_;
  std::unordered_map<std::string, std::uint64_t> numbers_;  // by identity
  std::vector<std::shared_ptr<RuntimePruning>> prunings_;
  ScanCounts planned_;
  Predicate predicate_;
  std::atomic<std::int64_t> files_read_ = 0;
  std::atomic<std::uint64_t> bytes_read_ = 0;
};

}  // namespace lakelet::engine
