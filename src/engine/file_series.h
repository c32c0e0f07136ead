// The files of one partition, one after the other as they fill; each is written to by any number of threads.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <mutex>
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

class FileSeries {
 public:
  FileSeries(WrittenFiles& written, std::vector<Value> partition_values)
      : written_(written), partition_values_(std::move(partition_values)), rest_(written.context, written.layout) {}

  // Writes the rows as a row group, and empties the buffer.
  void write(RowBuffer& rows);
  // Keeps the rows until others make them a row group, or finish() is called; empties the buffer.
  void keep(RowBuffer& rows);
  // Writes what was kept and closes the file. No other call may run.
  void finish();

 private:
  std::shared_ptr<ParquetFile> take();
  void give_back(const std::shared_ptr<ParquetFile>& file);

  WrittenFiles& written_;
  std::vector<Value> partition_values_;
  std::mutex mutex_;
  std::shared_ptr<ParquetFile> current_;
  RowBuffer rest_;
};

}  // namespace lakelet::engine
