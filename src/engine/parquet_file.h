// One data file while it is written.
#pragma once

#include <atomic>
#include <duckdb.hpp>
#include <duckdb/function/copy_function.hpp>
#include <map>
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

  // A row group's place in the file. Whoever hands the file out calls it, one at a time.
  std::uint64_t next_place() { return places_++; }
  // Adds the rows as the row group at that place, and empties the buffer. From any thread: encoding goes on in
  // parallel, and a row group waits in memory for those before it. How many are in the file now that weren't before the
  // call.
  int write(RowBuffer& rows, std::uint64_t place);
  // Whether it has reached the size at which the next one begins.
  bool full() const;
  // No write() may run any more. The file is durable when it returns.
  DataFile close();

  int users = 0;  // how many row groups are on their way to it; for the one who hands it out

 private:
  duckdb::ClientContext& context_;
  const FileLayout& layout_;
  std::string uri_;
  std::vector<Value> partition_values_;
  duckdb::unique_ptr<duckdb::GlobalFunctionData> state_;
  duckdb::CopyFunctionFileStatistics statistics_;
  std::uint64_t places_ = 0;
  std::mutex mutex_;
  std::vector<bool> has_nan_;
  std::map<std::uint64_t, duckdb::unique_ptr<duckdb::PreparedBatchData>> encoded_;  // by place
  std::uint64_t row_groups_ = 0;                                                    // in the file
};

}  // namespace lakelet::engine
