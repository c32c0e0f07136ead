// The rows that an UPDATE, DELETE or MERGE gives back (RETURNING): new ones as they are in the table, deleted ones as
// they were.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/types/column/column_data_collection.hpp>
#include <memory>
#include <mutex>
#include <vector>

#include "sql/change/kept_rows.h"

namespace lakelet::sql {

class ReturnedRows {
 public:
  // `types`: of the table's columns. `with_action`: a MERGE, whose rows end with what became of them.
  ReturnedRows(duckdb::ClientContext& context, const duckdb::vector<duckdb::LogicalType>& types, bool with_action);

  // Rows with the table's columns; `action`: INSERT or UPDATE. From any thread.
  void add(duckdb::DataChunk& rows, const char* action);
  // Rows that went: those of these tasks. They are read when they are given back.
  void add_deleted(std::shared_ptr<const Snapshot> snapshot, std::vector<FileTask> tasks);
  // From one thread, once nothing is added any more; false after the last.
  bool next(duckdb::DataChunk& out);

 private:
  duckdb::ClientContext& context_;
  const duckdb::vector<duckdb::LogicalType> types_;
  const bool with_action_;
  std::mutex mutex_;
  duckdb::ColumnDataCollection written_;
  duckdb::ColumnDataScanState scan_;
  bool begun_ = false;
  std::unique_ptr<KeptRows> deleted_;
  std::unique_ptr<KeptRows::Thread> thread_;
  duckdb::DataChunk rows_;  // of the table's columns
};

}  // namespace lakelet::sql
