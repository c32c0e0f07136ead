// The log of one "memory_format" table: version objects in the store that name commits, and the states they lead to.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "memory_format/memory_commits.h"
#include "storage/location.h"

namespace lakelet {

struct MemoryFile {
  DataFile file;
  std::shared_ptr<const RowPositions> deleted;  // null: none
};

// A table at one version.
struct MemoryState {
  Version version = -1;
  std::int64_t timestamp_us = 0;
  MemoryMetadata metadata;
  std::map<std::string, MemoryFile> files;          // by path
  std::map<std::string, FileClustering> clustered;  // by path, of files that were ever there
  std::map<std::string, std::int64_t> applications;
  std::int64_t next_row_id = 0;
};

// Applies the commit. Throws CorruptTable if it removes what isn't there.
std::shared_ptr<const MemoryState> next_state(const MemoryState& before, const MemoryCommit& commit);

// Thread-safe. Keeps every state that it has seen.
class MemoryLog {
 public:
  MemoryLog(Location location, std::shared_ptr<MemoryCommits> commits);

  const Location& location() const { return location_; }
  MemoryCommits& commits() { return *commits_; }

  static bool exists(const Location& location);
  PutOutcome claim(Version version, const std::string& commit_id);
  // The commit that has the version; nullopt if nobody has.
  std::optional<std::string> claimed_by(Version version);

  // Reads what is new in the store. The states of all versions, from 0 on.
  std::vector<std::shared_ptr<const MemoryState>> states();
  // The commit of a version that states() has seen.
  std::shared_ptr<const MemoryCommit> commit(Version version);

 private:
  std::string claim_path(Version version) const;
  void read_on();

  const Location location_;
  const std::shared_ptr<MemoryCommits> commits_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const MemoryState>> states_;
  std::vector<std::shared_ptr<const MemoryCommit>> read_;
};

}  // namespace lakelet
