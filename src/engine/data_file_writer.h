// Writes rows as new data files of a table: Parquet, with statistics, rolled at a size, one partition to a file.
#pragma once

#include <cstdint>
#include <duckdb.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lakelet/layout_change.h"
#include "table/partitioning.h"
#include "table/snapshot.h"

namespace lakelet::engine {

struct DataFileWriterOptions {
  Schema schema;              // the table's: one column of each chunk for each field, partition columns included
  Partitioning partitioning;  // by identity; another transform is Error(UnsupportedFeature)
  WriteLayout layout;
  // Rows are sorted so throughout each file, in memory that spills, and batches don't count then; the first counts
  // most. One by anything but whole columns of plain values is no order.
  std::vector<SortField> order{};
  // Where a new file goes: Transaction::new_file_uri. Called from any writing thread, one at a time.
  std::function<std::string(const std::vector<Value>& partition_values, const std::string& unique)> new_file_uri;
};

// Throws lakelet::Error: code that DuckDB calls wraps the calls in inside_engine(). Thread-safe: each thread writes
// through its own Thread. Memory is bounded whatever the number of partitions: rows of partitions without an open file
// wait in memory that can spill.
class DataFileWriter {
 public:
  // The context must outlive the writer. Throws Error(UnsupportedFeature) for a type that a file can't hold; nothing is
  // created before rows come.
  DataFileWriter(duckdb::ClientContext& context, DataFileWriterOptions options);
  // Removes what it wrote, as far as it can, unless finish() returned.
  ~DataFileWriter();

  class Thread {
   public:
    virtual ~Thread() = default;
    // Columns as DataFileWriter::types(). Keeps no reference to `rows`.
    virtual void write(duckdb::DataChunk& rows) = 0;
    // Rows that come from now on are of this batch of an ordered whole: the files of a partition, and the rows in them,
    // follow one another in that order, whichever threads wrote them. All threads call it, or none; the number of a
    // thread's batches grows, and the rows of all batches below `least` were followed by a call of this or finish().
    virtual void begin_batch(std::uint64_t number, std::uint64_t least) = 0;
    // No more rows from this thread. Must be called before DataFileWriter::finish().
    virtual void finish() = 0;
  };
  std::unique_ptr<Thread> start();
  std::unique_ptr<Thread> start(duckdb::ExecutionContext&) { return start(); }  // from within an operator

  const duckdb::vector<duckdb::LogicalType>& types() const;  // of the columns of `rows`
  std::int64_t rows() const;                                 // taken so far

  // Closes what is open. The files are durable, in no order but that of batches within a partition, and hold at least
  // one row each. `uri`, `bytes`, `rows`, `partitioning_id`, `partition_values`, `statistics`, `modified_us` and
  // `format` are set; `path` is the format's to say.
  std::vector<DataFile> finish();

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet::engine
