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
  // Each bound that is there is the least or greatest value among the rows as stored, deleted ones included: nothing
  // was rounded, cut or left out. Only the format can know.
  bool exact = false;
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
  std::optional<std::int64_t> first_row_id;  // row tracking / row lineage base
  std::optional<std::int64_t> row_version;   // of rows that don't have one of their own; see RowTracking
  // The order by which deletes apply (Iceberg, DuckLake, Hudi instants). Of a file that is added: absent takes that of
  // the commit; compaction hands on the greatest of the files that it replaces, so that later deletes still apply.
  std::optional<std::int64_t> sequence_number;
  std::string format;  // of the file: "parquet"; what isn't is refused by the engine
  // The file's columns under the names that they have in it, with the table's ids: for a file that has no ids of its
  // own in a table that goes by them; without any column such a file can't be read (UnsupportedFeature). Null: found as
  // Snapshot::column_matching() says.
  std::shared_ptr<const Schema> columns;
  std::shared_ptr<const void> origin;  // the format's own record of it, handed back on remove; opaque above
};

// The rows of one file that a reader must leave out. A concept that changes which rows exist is here, or opening fails.
struct Deletes {
  // Positions in the file, merged from all of the format's vectors and positional delete files.
  std::shared_ptr<const RowPositions> positions;  // null: none
  // Equality deletes: rows of `uri` (a file with `columns`) remove every equal row of files with a smaller
  // sequence number. NULL equals NULL (Iceberg spec, "Equality Delete Files").
  struct Equality {
    std::string uri;
    std::vector<std::int32_t> field_ids;
    std::int64_t sequence_number = 0;
    std::vector<Field> columns{};  // those of field_ids, with types and defaults: the table may have dropped them since
    std::string format = "parquet";
  };
  // Only those that apply to the file by partition and sequence number.
  std::vector<Equality> equality;
  // The log files behind FileTask::merge (Hudi merge-on-read), for people; empty in the other formats.
  std::vector<std::string> merge_logs;

  bool none() const { return !positions && equality.empty() && merge_logs.empty(); }
};

}  // namespace lakelet
