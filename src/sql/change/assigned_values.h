// What a merge assigns to rows of which it has read the keys alone: the values wait here, in memory that can spill,
// until it is known which files they touch.
#pragma once

#include <cstdint>
#include <duckdb.hpp>
#include <duckdb/common/types/column/column_data_collection.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "sql/rules/row_demands.h"

namespace lakelet::sql {

// One WHEN ... THEN UPDATE that assigns some of the table's columns.
struct PartialUpdate {
  std::vector<bool> assigned;  // by column of the table
  ComputedColumns computed;
};

// Life: threads add; seal() once they all have finished; then any number of cursors.
class AssignedValues {
 public:
  // `types`: of the table's columns.
  AssignedValues(duckdb::ClientContext& context, const duckdb::vector<duckdb::LogicalType>& types,
                 const std::vector<PartialUpdate>& updates);

  class Thread {
   public:
    explicit Thread(AssignedValues& values);
    // `given`: the table's columns, of which those that the update assigns count; the rows are at these places.
    void add(std::size_t update, duckdb::DataChunk& given, duckdb::Vector& files, duckdb::Vector& positions);
    void finish();

   private:
    AssignedValues& values_;
    std::unique_ptr<duckdb::ColumnDataCollection> rows_;
    duckdb::ColumnDataAppendState append_;
  };

  // Sorts them by place.
  void seal();

  using Place = std::pair<std::uint64_t, std::int64_t>;  // number of the file, position in it
  // Goes through the values by place; one for each thread.
  class Cursor {
   public:
    explicit Cursor(const AssignedValues& values);
    // To the first one that is at the place or behind it.
    void seek(Place place);
    bool at_end() const { return row_ >= chunk_.size(); }
    Place place() const;
    std::size_t update() const;
    duckdb::idx_t row() const { return row_; }  // in chunk()
    bool last_of_chunk() const { return row_ + 1 == chunk_.size(); }
    void next();
    const duckdb::DataChunk& chunk() const { return chunk_; }  // stays until the cursor leaves it

   private:
    void load(duckdb::idx_t row);

    const AssignedValues& values_;
    duckdb::ColumnDataScanState scan_;
    duckdb::DataChunk chunk_;
    duckdb::idx_t first_ = 0, row_ = 0;
  };
  // The column of a chunk that holds what is assigned to the table's column.
  std::size_t slot(std::size_t column) const { return *slots_[column]; }

 private:
  void sort();

  duckdb::ClientContext& context_;
  std::vector<std::optional<std::size_t>> slots_;  // by column of the table: those that an update assigns
  duckdb::vector<duckdb::LogicalType> types_;      // of the slots; then: update, file, position
  std::mutex mutex_;
  std::vector<std::unique_ptr<duckdb::ColumnDataCollection>> unsorted_;
  std::unique_ptr<duckdb::ColumnDataCollection> rows_;
  struct Stretch {
    Place place;  // of its first row
    duckdb::idx_t first;
  };
  std::vector<Stretch> stretches_;  // the chunks of `rows_`
};

}  // namespace lakelet::sql
