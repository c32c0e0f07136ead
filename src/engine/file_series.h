// The files of one partition, one after the other as they fill; each is written to by any number of threads.
#pragma once

#include <cstdint>
#include <deque>
#include <duckdb.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/parquet_file.h"

namespace lakelet::engine {

// What all series of one writer share.
struct WrittenFiles {
  WrittenFiles(duckdb::ClientContext& context, DataFileWriterOptions options)
      : context(context), layout(context, std::move(options)) {}

  std::string new_uri(const std::vector<Value>& partition_values);
  void add(DataFile file);

  duckdb::ClientContext& context;
  const FileLayout layout;
  std::mutex mutex;
  std::vector<std::string> uris;  // of every file that was begun
  std::vector<DataFile> files;    // those that are complete
};

// Where rows stand in an ordered whole of which threads have a batch each. Of the batches below `least` all rows were
// handed in.
struct RowBatch {
  std::uint64_t number = 0, least = 0;
};

class FileSeries {
 public:
  FileSeries(WrittenFiles& written, std::vector<Value> partition_values)
      : written_(written), partition_values_(std::move(partition_values)), rest_(written.context, written.layout) {}

  // All of these empty the buffer. Writes the rows as a row group.
  void write(RowBuffer& rows);
  // Keeps the rows until others make them a row group, or finish() is called.
  void keep(RowBuffer& rows);
  // Keeps the rows until all those that come before them are there: then they are written in their order.
  void write_in_order(RowBuffer& rows, const RowBatch& batch);
  // Writes what was kept and closes the file. No other call may run.
  void finish();

 private:
  struct Place {  // of a row group
    std::shared_ptr<ParquetFile> file;
    std::uint64_t number;
  };
  Place take();  // under the mutex
  void write(RowBuffer& rows, const Place& place);
  // The next row group of rows in order, if all of its rows are there. Under the mutex.
  std::optional<RowBuffer> next_in_order();
  void write_what_is_there(std::uint64_t least);

  WrittenFiles& written_;
  std::vector<Value> partition_values_;
  std::mutex mutex_;
  std::shared_ptr<ParquetFile> current_;
  RowBuffer rest_;
  std::map<std::uint64_t, std::deque<RowBuffer>> batches_;  // that come after those in `rest_`
  std::uint64_t least_batch_ = 0;                           // that may still get rows
};

}  // namespace lakelet::engine
