// Rows of many partitions, sorted by partition, and in an order of their own within it: whatever does not get a file of
// its own at once. Spills.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/sorting/sort.hpp>
#include <duckdb/execution/physical_operator_states.hpp>
#include <duckdb/parallel/interrupt.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

namespace lakelet::engine {

// Sinks chunks from any number of threads, then gives them back in the order of their last columns, BLOB keys: that of
// the partition, and, where asked for, that of the row.
class PartitionSort {
 public:
  // `types`: of the chunks, without the keys.
  PartitionSort(duckdb::ClientContext& context, duckdb::vector<duckdb::LogicalType> types, bool with_row_keys = false);

  class Thread {
   public:
    Thread(PartitionSort& sort, duckdb::ExecutionContext& context);
    void add(duckdb::ExecutionContext& context, duckdb::DataChunk& rows);
    void finish(duckdb::ExecutionContext& context);

   private:
    PartitionSort& sort_;
    duckdb::InterruptState interrupt_;
    duckdb::unique_ptr<duckdb::LocalSinkState> local_;
  };

  // Once every thread has finished.
  void for_each(duckdb::ExecutionContext& context, const std::function<void(duckdb::DataChunk&)>& visit);

  const duckdb::vector<duckdb::LogicalType>& types() const { return types_; }  // with the keys

 private:
  duckdb::vector<duckdb::LogicalType> types_;
  duckdb::unique_ptr<duckdb::Sort> sort_;
  duckdb::unique_ptr<duckdb::GlobalSinkState> global_;
};

}  // namespace lakelet::engine
