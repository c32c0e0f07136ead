// Reads given files of a snapshot outside of a query plan: how copy-on-write goes through the rows that stay.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <vector>

#include "engine/scan.h"

namespace lakelet::engine {

// Throws lakelet::Error: code that DuckDB calls wraps the calls in inside_engine(). Any number of threads may pull at
// once, each with its own Thread; they share the files' row groups among them. Rows of one row group come in order;
// with a single Thread all rows come in the order of the files.
class TaskReader {
 public:
  // `columns`: indexes into the snapshot's schema, or the virtual columns of scan.h; empty: every column of the schema.
  // Rows in FileTask::deletes are left out: add the positions that are to go there.
  TaskReader(duckdb::ClientContext& context, std::shared_ptr<const Snapshot> snapshot, std::vector<FileTask> files,
             std::vector<duckdb::column_t> columns = {});
  ~TaskReader();

  const duckdb::vector<duckdb::LogicalType>& types() const;
  std::size_t max_threads() const;

  class Thread {
   public:
    virtual ~Thread() = default;
    // Fills `rows` (initialised with types()); false once nothing is left for this thread, `rows` is then empty.
    virtual bool next(duckdb::DataChunk& rows) = 0;
  };
  std::unique_ptr<Thread> start();
  std::unique_ptr<Thread> start(duckdb::ExecutionContext&) { return start(); }  // from within an operator

  std::shared_ptr<TableScan> scan() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet::engine
