// The rows that stay of files that are written again, with what they are known by in other versions where new files
// keep that.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "engine/task_reader.h"
#include "table/row_tracking_view.h"

namespace lakelet::sql {

class KeptRows {
 public:
  // Leaves out the rows of FileTask::deletes. `tracked`: of the snapshot; nullopt: its rows aren't tracked. `places`:
  // behind all other columns come the file's number and the row's position in it.
  KeptRows(duckdb::ClientContext& context, std::shared_ptr<const Snapshot> snapshot, std::vector<FileTask> files,
           const std::optional<TrackedRows>& tracked, bool places = false);

  class Thread {
   public:
    explicit Thread(KeptRows& rows);
    // The columns of types(). False once nothing is left for this thread.
    bool next(duckdb::DataChunk& rows);

   private:
    KeptRows& rows_;
    std::unique_ptr<engine::TaskReader::Thread> thread_;
    duckdb::DataChunk stored_;
  };

  // The columns of the table; of tracked rows: row id and row version as BIGINT, null for a row that has none yet;
  // where asked for, file number (UBIGINT) and position (BIGINT).
  const duckdb::vector<duckdb::LogicalType>& types() const { return types_; }
  const FileTask& task(std::uint64_t file_number) const { return reader_->scan()->task(file_number); }
  std::size_t max_threads() const { return reader_->max_threads(); }
  engine::ScanFigures figures() const { return reader_->scan()->figures(); }

 private:
  duckdb::ClientContext& context_;
  std::size_t columns_;  // of the table
  bool tracked_, places_;
  duckdb::vector<duckdb::LogicalType> types_;
  std::unique_ptr<engine::TaskReader> reader_;
};

}  // namespace lakelet::sql
