// One data file while it is written.
#pragma once

#include <atomic>
#include <duckdb.hpp>
#include <duckdb/function/copy_function.hpp>
#include <mutex>
#include <string>
#include <vector>

#include "engine/file_layout.h"
#include "engine/row_buffer.h"

namespace lakelet::engine {

class ParquetFile {
 public:
  ParquetFile(duckdb::ClientContext& context, const FileLayout& layout, std::string uri,
              std::vector<Value> partition_values);

  // Adds the rows as one row group, and empties the buffer. From any thread: encoding goes on in parallel.
  void write(RowBuffer& rows);
  // Whether it has reached the size at which the next one begins.
  bool full() const;
  // No write() may run any more. The file is durable when it returns.
  DataFile close();

  int users = 0;  // how many threads write to it; for the one who hands it out

 private:
  void keep_variants_whole();

  duckdb::ClientContext& context_;
  const FileLayout& layout_;
  std::string uri_;
  std::vector<Value> partition_values_;
  duckdb::unique_ptr<duckdb::GlobalFunctionData> state_;
  duckdb::CopyFunctionFileStatistics statistics_;
  std::mutex mutex_;
  std::vector<bool> has_nan_;
  int row_groups_ = 0;
};

}  // namespace lakelet::engine
