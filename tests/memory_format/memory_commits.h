// What the commits of "memory_format" tables say. It lives in this process only; a table's log in the store holds no
// more than each commit's id, so that commits race, fail and get lost as those of any other format.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "table/clustering.h"
#include "table/snapshot.h"
#include "table/table_format.h"

namespace lakelet {

struct MemoryMetadata {
  std::string id;
  std::string name;
  std::string description;
  std::int64_t created_us = 0;
  Schema schema;
  std::int32_t last_column_id = 0;
  Partitioning partitioning;
  Properties properties;
};

struct MemoryCommit {
  std::optional<MemoryMetadata> metadata;  // the first commit has it, then those that change it
  std::vector<DataFile> added;
  std::vector<std::string> removed;                  // paths
  std::map<std::string, RowPositions> removed_rows;  // by path: only those that this commit removes
  std::vector<DataFile> change_files;                // that tell all of its changes; none: the facts above tell them
  std::map<std::string, std::int64_t> applications;
  std::map<std::string, FileClustering> clustered;  // of added files, by path
  bool same_rows = false;                           // the added files have the rows of the removed ones
  HistoryEntry history;                             // but for its version
};

// Commits by id. Thread-safe.
class MemoryCommits {
 public:
  void insert(const std::string& id, MemoryCommit commit) {
    const std::lock_guard lock(mutex_);
    commits_[id] = std::make_shared<const MemoryCommit>(std::move(commit));
  }
  std::shared_ptr<const MemoryCommit> find(const std::string& id) const {  // nullptr: not of this process
    const std::lock_guard lock(mutex_);
    const auto found = commits_.find(id);
    return found == commits_.end() ? nullptr : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const MemoryCommit>> commits_;
};

}  // namespace lakelet
