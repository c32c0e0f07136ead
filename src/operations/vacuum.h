// Deletes the files in a table's folder that no version needs any more which was the newest one lately.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lakelet/maintenance.h"
#include "table/table_format.h"
#include "table/upkeep.h"

namespace lakelet::operations {

// Many files, their paths back to back: a table may have a million that nobody needs.
class FileHeap {
 public:
  void add(std::string_view path, std::uint64_t bytes, std::int64_t modified_us);
  std::size_t size() const { return ends_.size(); }
  std::uint64_t bytes() const { return total_bytes_; }
  std::string_view path(std::size_t i) const;
  std::uint64_t bytes(std::size_t i) const { return bytes_[i]; }
  std::int64_t modified_us(std::size_t i) const { return modified_[i]; }
  // Keeps those for which `stays` is true.
  void keep_if(const std::function<bool(std::size_t)>& stays);

 private:
  std::string paths_;
  std::vector<std::uint64_t> ends_, bytes_;
  std::vector<std::int64_t> modified_;
  std::uint64_t total_bytes_ = 0;
};

struct VacuumPlan {
  VacuumOptions options;
  std::shared_ptr<const Snapshot> newest;
  std::unique_ptr<FileRetention> retention;
  std::int64_t now_us = 0;
  FileHeap files;                 // to be deleted, below the table's folder
  std::int64_t files_spared = 0;  // that no version names, but too young
};

// What would be deleted. Costs the log, and one listing of the table's folder (full) or a look at each file that the
// log says was removed. Throws InvalidArgument for a retention under the table's own without `force`.
VacuumPlan plan_vacuum(FormatTable& table, const FormatRegistry& formats, const VacuumOptions& options,
                       std::int64_t now_us, const CommitOptions& commit);

// Deletes it, several files at once, and tells the history before and after. Before the first file goes the log is read
// again: what a commit since plan_vacuum() brought back stays. A run that was interrupted leaves a whole table, and the
// next one goes on. Throws what the store throws, after the history was told that it failed.
VacuumReport run(VacuumPlan& plan, FormatTable& table, const CommitOptions& commit);

// What the plan says, without doing it.
VacuumReport describe(const VacuumPlan& plan);

// Whether an object that no version needs may go. Pure.
bool may_go(FileRetention::Standing standing, const ObjectInfo& object, std::int64_t cutoff_us,
            std::int64_t uncommitted_since_us);

}  // namespace lakelet::operations
