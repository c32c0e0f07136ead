// A data file of a table, what is known of its columns, and the rows of it that are gone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/schema.h"
#include "table/column_path.h"
#include "table/row_positions.h"

namespace lakelet {

// What is known of one column in one file. Bounds may be wider than the rows (truncated strings, deleted rows); they
// are never narrower: a format whose bounds are rounded widens them as it reads. Absent means unknown.
struct ColumnStatistics {
  std::optional<std::int64_t> null_count;
  std::optional<Value> min;
  std::optional<Value> max;
  // A NaN may be among the values (bounds ignore it). Only Float and Double; a format that doesn't count them says
  // true.
  bool has_nan = false;
};

struct DataFile {
  std::string path;  // as the format records it: relative to the table, or absolute
  std::string uri;   // as StoreRegistry::resolve takes it
  std::uint64_t bytes = 0;
  std::optional<std::int64_t> rows;     // as stored, before deletes
  int partitioning_id = 0;              // which Partitioning its values are of
  std::vector<Value> partition_values;  // one for each field of that Partitioning
  std::map<ColumnPath, ColumnStatistics> statistics;
  std::int64_t modified_us = 0;
  std::optional<std::int64_t> first_row_id;     // row tracking / row lineage base
  std::optional<std::int64_t> sequence_number;  // the order by which deletes apply (Iceberg, DuckLake, Hudi instants)
  std::string format;                           // of the file: "parquet"; what isn't is refused by the engine
  std::shared_ptr<const void> origin;           // the format's own record of it, handed back on remove; opaque above
};

// The rows of one file that a reader must leave out. A concept that changes which rows exist is here, or opening fails.
struct Deletes {
  // Positions in the file, merged from all of the format's vectors and positional delete files.
  std::shared_ptr<const RowPositions> positions;  // null: none
  // Equality deletes: rows of `uri` (a Parquet file with `columns`) remove every equal row of files with a smaller
  // sequence number. NULL equals NULL (Iceberg spec, "Equality Delete Files").
  struct Equality {
    std::string uri;
    std::vector<std::int32_t> field_ids;
    std::int64_t sequence_number = 0;
  };
  std::vector<Equality> equality;
  // Log files merged over the base file by record key (Hudi merge-on-read); empty in the other formats.
  std::vector<std::string> merge_logs;

  bool none() const { return !positions && equality.empty() && merge_logs.empty(); }
};

}  // namespace lakelet
