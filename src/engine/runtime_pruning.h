// Leaves out files by filters that get their values while the scan runs: the bound of an ORDER BY ... LIMIT, which gets
// tighter with the rows that were read.
#pragma once

#include <duckdb.hpp>
#include <duckdb/planner/table_filter.hpp>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "table/snapshot.h"

namespace lakelet::engine {

// Of one list of files. Thread-safe.
class RuntimePruning {
 public:
  // Null if no filter of the scan is of that kind. `columns`: those of the scan, as indexes into the schema.
  static std::shared_ptr<RuntimePruning> of(const duckdb::TableFilterSet& filters,
                                            const duckdb::vector<duckdb::column_t>& columns, const Schema& schema);

  // Those whose statistics add() wants.
  const std::vector<ColumnPath>& columns() const { return paths_; }
  void add(std::uint64_t file_number, const FileTask& task);
  // Whether the filters, as they are now, let no row of the file through.
  bool excludes(duckdb::ClientContext& context, std::uint64_t file_number, const Snapshot& snapshot) const;

 private:
  std::vector<std::pair<duckdb::column_t, duckdb::unique_ptr<duckdb::TableFilter>>> filters_;
  std::vector<ColumnPath> paths_;
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, DataFile> known_;  // of each file: rows, partition values, statistics
};

}  // namespace lakelet::engine
