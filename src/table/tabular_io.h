// Parquet (and JSON-lines) metadata files for formats that keep some of their metadata in tables: a Delta checkpoint, a
// Hudi column-stats file. Implemented by engine/, so that a format never sees DuckDB.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/arrow.h"
#include "lakelet/schema.h"
#include "table/data_file.h"

namespace lakelet {

struct TabularRead {
  std::vector<std::string> uris;  // Parquet files with one schema
  // What to read: SQL-free dotted paths into nested structs, "add.path", "add.partitionValues", "metaData". A name that
  // has a dot itself stands between backticks (one inside is doubled). Each becomes a column of the result with the
  // path as its name. One that a file doesn't have comes back as nulls of type Null. Only what is asked for is read.
  std::vector<std::string> columns;
  // Only rows where at least one of these (dotted paths) is not null; empty: all rows.
  std::vector<std::string> any_not_null;
};

// What the end of a Parquet file tells of it, without its rows.
struct ParquetFooter {
  // Columns as the file has them: its names and field ids. A type that only the file knows (unsigned, nanoseconds) is
  // as it is there.
  Schema schema;
  std::int64_t rows = 0;
  std::int64_t row_groups = 0;
  // Of the leaves below structs, by the file's names; what can't be told for sure is left out: bounds of floats, which
  // may have NaNs beside them, are.
  std::map<ColumnPath, ColumnStatistics> statistics;
};

class TabularIo {
 public:
  virtual ~TabularIo() = default;
  virtual Schema parquet_schema(const std::string& uri) = 0;
  // One or two requests. Throws NotFound, CorruptTable (not a Parquet file, cut short, no sane footer).
  virtual ParquetFooter parquet_footer(const std::string& uri, bool with_statistics);
  // Of all the files together, from their footers alone. nullopt: can't be had that cheaply.
  virtual std::optional<std::int64_t> row_count(const std::vector<std::string>&) { return std::nullopt; }
  // A pull stream of batches (struct arrays) of some thousand rows; strings are Arrow `utf8` or `large_utf8`, maps
  // `map`, timestamps in UTC. Row order is that of the file. Throws NotFound, CorruptTable (not a Parquet file, cut
  // short), Exhausted; the stream fails with ENOMEM for Exhausted, ECANCELED for Cancelled, ENOENT for NotFound, EACCES
  // for Permission, EAGAIN for Unavailable, and EIO otherwise.
  virtual OwnedArrowStream read_parquet(const TabularRead& request) = 0;
  // Writes one Parquet file, durable when it returns; returns its size in bytes.
  virtual std::uint64_t write_parquet(const std::string& uri, OwnedArrowStream rows,
                                      const std::string& compression) = 0;
};

}  // namespace lakelet
