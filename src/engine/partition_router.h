// Sends the rows of a partitioned table, or of one that is sorted, to the files of their partitions. Where rows are to
// be in an order, all are sorted; else the first partitions that come get open
// files; the rows of all others are sorted first, and written one partition after the other: memory doesn't grow with
// their number. Rows of batches keep their order within the files of a partition, unless they were sorted so.
#pragma once

#include <duckdb.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "engine/file_series.h"
#include "engine/partition_keys.h"
#include "engine/partition_sort.h"

namespace lakelet::engine {

class PartitionRouter {
 public:
  // `buffer_bytes`: what all threads together may hold in rows before they write smaller row groups.
  PartitionRouter(WrittenFiles& written, std::uint64_t buffer_bytes);

  class Thread {
   public:
    explicit Thread(PartitionRouter& router) : router_(router) {}
    void write(duckdb::ExecutionContext& context, duckdb::DataChunk& rows);
    void begin_batch(const RowBatch& batch);  // see DataFileWriter::Thread
    void finish(duckdb::ExecutionContext& context);

   private:
    struct Open {
      FileSeries* series;
      RowBuffer buffer;
    };
    Open* find(const std::string& key, duckdb::DataChunk& rows, duckdb::idx_t row);
    void append(Open& open, duckdb::DataChunk& file_rows);
    void write(Open& open);
    void write_largest();
    void sort_rest(duckdb::ExecutionContext& context, duckdb::DataChunk& rows, duckdb::Vector& keys,
                   duckdb::SelectionVector& selection, duckdb::idx_t count);

    PartitionRouter& router_;
    std::unordered_map<std::string, std::unique_ptr<Open>> open_;
    std::unique_ptr<PartitionSort::Thread> sorting_;
    std::optional<RowBatch> batch_;
    std::uint64_t bytes_ = 0;
  };

  // Once every thread has finished.
  void finish(duckdb::ExecutionContext& context);

 private:
  // The files of the partition, or null if its rows are to be sorted.
  FileSeries* series_of(const std::string& key, duckdb::DataChunk& rows, duckdb::idx_t row);
  PartitionSort& sort();
  void write_sorted(duckdb::ExecutionContext& context);

  WrittenFiles& written_;
  std::uint64_t thread_bytes_;
  std::size_t most_open_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<FileSeries>> series_;
  std::unique_ptr<PartitionSort> sort_;
};

}  // namespace lakelet::engine
