// The rows that one running statement takes from a table and gives to it, and the one place where the table's policy
// for removed rows is applied: positions, or files written again without them.
#pragma once

#include <atomic>
#include <chrono>
#include <duckdb.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/data_file_writer.h"
#include "engine/scan.h"
#include "engine/task_reader.h"
#include "sql/table_change.h"

namespace lakelet::sql {

// Life: rows are removed and written from many threads; settle() once; then the rows that stay are pulled from kept()
// and written, again from many threads; finish() once.
class RowChange {
 public:
  // `scan` is the target's: it tells the file behind a row's file number. Null for an INSERT.
  RowChange(duckdb::ClientContext& context, TableChange& change, std::shared_ptr<engine::TableScan> scan);

  // Marks rows as gone. `fresh` receives the indexes of those that weren't gone yet; returns how many.
  duckdb::idx_t remove(duckdb::Vector& files, duckdb::Vector& positions, duckdb::idx_t count,
                       duckdb::SelectionVector& fresh);

  // New rows. A thread writes through its own Thread, and finishes it.
  class Thread {
   public:
    Thread(RowChange& change, std::unique_ptr<engine::DataFileWriter::Thread> writer);
    // Columns as the table's schema. Throws Error(ConstraintViolation) naming a column that has a NULL it can't hold.
    void write(duckdb::DataChunk& rows);
    void finish();

   private:
    RowChange& change_;
    std::unique_ptr<engine::DataFileWriter::Thread> writer_;
  };
  std::unique_ptr<Thread> start(duckdb::ExecutionContext& context);

  // No more rows go. Files without any row left are removed; of the others, what the table's policy says.
  void settle();
  // Rows that stay of files that are written again; null if there are none.
  engine::TaskReader* kept() { return kept_.get(); }
  // Closes the new files and hands all facts to the TableChange.
  void finish();

  TableChange& change() { return change_; }
  const std::shared_ptr<engine::TableScan>& scan() const { return scan_; }

  // Rows by what was done to them, for the report.
  std::atomic<std::int64_t> inserted{0}, updated{0}, deleted{0}, copied{0};

 private:
  struct Touched {
    const FileTask* task = nullptr;
    RowPositions positions;
  };
  void note_spilling();
  void settle_file(Touched& touched, bool rewrite, std::vector<FileTask>& again);

  duckdb::ClientContext& context_;
  TableChange& change_;
  std::shared_ptr<engine::TableScan> scan_;
  std::atomic<std::uint64_t> spilled_{0};  // the most that lay in temporary files while rows came
  std::mutex mutex_;
  std::map<std::uint64_t, Touched> touched_;  // by file number
  std::unique_ptr<engine::DataFileWriter> writer_;
  std::unique_ptr<engine::TaskReader> kept_;
  std::chrono::steady_clock::time_point stage_start_;
};

// Throws Error(ConstraintViolation) if a column of `rows` that the schema calls NOT NULL has a NULL.
void check_not_null(const Schema& schema, duckdb::DataChunk& rows);

}  // namespace lakelet::sql
