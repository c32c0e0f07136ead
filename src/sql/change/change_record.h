// The change files that a statement writes beside its data files: rows as they were and as they became, for readers of
// the table's change feed (table/change_recording.h).
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/data_file_writer.h"
#include "engine/task_reader.h"
#include "sql/change/table_change.h"
#include "table/change_feed.h"
#include "table/change_recording.h"

namespace lakelet::sql {

class ChangeRecord {
 public:
  // Both must outlive it. Files that finish() didn't give are removed with it.
  ChangeRecord(duckdb::ClientContext& context, TableChange& change);

  class Thread {
   public:
    Thread(std::unique_ptr<engine::DataFileWriter::Thread> writer, std::size_t columns)
        : writer_(std::move(writer)), columns_(columns) {}
    // Of the columns those of the table, which come first.
    void write(duckdb::DataChunk& rows, ChangeType type);
    // Columns of the table and kChangeTypeColumn.
    void write(duckdb::DataChunk& changes) { writer_->write(changes); }
    void finish() { writer_->finish(); }

   private:
    std::unique_ptr<engine::DataFileWriter::Thread> writer_;
    std::size_t columns_;
  };
  // From any thread, one at a time.
  std::unique_ptr<Thread> start() { return std::make_unique<Thread>(writer_.start(), writer_.types().size() - 1); }

  // Reads rows of the table's files, each with the type that as_change() gave to its file, or of change files.
  std::unique_ptr<engine::TaskReader> read(std::vector<FileTask> files) const;
  // Reads them and writes them down.
  void tell(std::vector<FileTask> files);

  // The files, once all threads have finished.
  std::vector<DataFile> finish() { return writer_.finish(); }

 private:
  duckdb::ClientContext& context_;
  std::shared_ptr<const Snapshot> rows_;
  engine::DataFileWriter writer_;
};

// The file's rows as changes of the type.
FileTask as_change(FileTask file, ChangeType type);

// Writes the change files of a transaction again so that they say what all its statements together changed: a row that
// one statement wrote and a later one took away is in none of them. `removed` are the rows of files that earlier
// statements wrote and this one took away; those that no change file has written are rows of the table that an earlier
// statement had copied. What is left are deletes and inserts: which of them belong to one update can't be told any
// more. Holds the rows of `removed` in memory.
void settle_record(duckdb::ClientContext& context, TableChange& change, std::vector<FileTask> removed);

}  // namespace lakelet::sql
