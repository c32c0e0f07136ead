// The columns of an open Parquet file as they are stored: what DuckDB's column definitions leave out, and the types by
// which DuckDB is to read them.
#pragma once

#include <duckdb.hpp>
#include <duckdb/common/multi_file/base_file_reader.hpp>
#include <optional>
#include <string>
#include <vector>

namespace lakelet::engine {

enum class StoredUnit { None, Millis, Micros, Nanos, Int96 };

struct StoredColumn {
  std::string name;                      // DuckDB's, which tells names apart that differ in case alone
  std::string stored_name;               // the file's
  duckdb::LogicalType type;              // by which it is read; of a group: of what it holds
  StoredUnit unit = StoredUnit::None;    // of a timestamp
  bool bytes = false;                    // a byte array, of fixed length or not
  std::uint32_t fixed_length = 0;        // of a byte array; 0: any
  bool geometry = false;                 // bytes that DuckDB takes for a geometry
  bool variant = false;                  // annotated as a variant; its children are the group's
  bool unsorted_bounds = false;          // its bounds in the footer are from before their order was defined
  std::optional<std::int32_t> field_id;  // Parquet's
  std::vector<StoredColumn> children;    // a list has its element, a map one group with key and value

  bool is_struct() const { return type.id() == duckdb::LogicalTypeId::STRUCT || variant; }
};

struct StoredFile {
  std::vector<StoredColumn> columns;
  // Written by a Spark that counted days before 1582-10-15 by the Julian calendar: dates and timestamps of 64 bits, or
  // timestamps of 96.
  bool julian = false, julian_int96 = false;
  std::string writer_time_zone;  // of such timestamps; empty: not told
};

// The reader must be one of DuckDB's Parquet readers, and must not have begun to read.
StoredFile stored_columns(const duckdb::BaseFileReader& reader);

// Makes the reader read its columns by the types in `file`: those of primitive columns may have been changed to others
// of the same physical type, variants and geometries to the structs and bytes that hold them. Groups follow.
void read_stored_as(duckdb::BaseFileReader& reader, StoredFile& file);

}  // namespace lakelet::engine
