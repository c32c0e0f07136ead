// Rows that are deleted by the values of some of their columns (Deletes::equality), as positions of their files.
#pragma once

#include <duckdb.hpp>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "engine/key_index.h"
#include "table/snapshot.h"

namespace lakelet::engine {

// The deletes of one scan: each file of deletes is read once, when the first file to which it applies has its turn.
// Thread-safe.
class EqualityDeletes {
 public:
  EqualityDeletes(std::shared_ptr<const Snapshot> snapshot, duckdb::shared_ptr<duckdb::DatabaseInstance> database)
      : snapshot_(std::move(snapshot)), database_(std::move(database)) {}
  ~EqualityDeletes();
  EqualityDeletes(const EqualityDeletes&) = delete;
  EqualityDeletes& operator=(const EqualityDeletes&) = delete;

  // Reads the columns of the task's file that its deletes compare. Null: no row is deleted. NULL equals NULL. Throws
  // Error(Exhausted) where the keys of the deletes don't fit into the memory limit, Error(CorruptTable) naming a file
  // that is missing or damaged.
  std::shared_ptr<const RowPositions> positions(duckdb::ClientContext& context, const FileTask& task);

 private:
  // The deletes by the same columns.
  struct Group {
    std::shared_ptr<const Snapshot> keys;  // whose schema is those columns
    KeyIndex index;
    std::map<std::string, std::uint32_t> files;  // by URI
  };
  Group& group_of(const Deletes::Equality& deletes);
  void load(duckdb::ClientContext& context, Group& group, const FileTask& task, const Deletes::Equality& deletes);
  void account();
  void find(duckdb::ClientContext& context, const Group& group, const FileTask& task, const std::vector<bool>& files,
            RowPositions& found) const;

  const std::shared_ptr<const Snapshot> snapshot_;
  const duckdb::shared_ptr<duckdb::DatabaseInstance> database_;
  std::shared_mutex mutex_;
  std::map<std::string, Group> groups_;
  std::uint64_t reserved_ = 0;
};

}  // namespace lakelet::engine
