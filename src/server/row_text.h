// Rows as text: a window of cells for the grid, and whole results as csv and json.
#pragma once

#include <cstdint>
#include <string>

#include "base/json_writer.h"
#include "lakelet/rows.h"

namespace lakelet::server {

// How a page shows and sorts a column: "number", "text", "time", "boolean", "binary", "nested".
std::string column_kind(const Type& type);

// [{"name": ..., "type": ..., "kind": ...}, ...]
void write_columns(JsonWriter& json, const Schema& schema);

// At most `count` rows as arrays of cells: null, a string as a person reads it, or, for one that is too long for a
// cell, {"cut": its beginning, "length": its bytes}.
void write_window(JsonWriter& json, Rows& rows, std::int64_t count);

enum class ExportText { Csv, Json, Jsonl };

// Pulls rows and appends them to text piece by piece, so that a result of any size passes through little memory.
class RowExporter {
 public:
  RowExporter(Rows rows, ExportText kind) : rows_(std::move(rows)), kind_(kind) {}

  // About 64 kB more; false once everything was given.
  bool next(std::string& out);

 private:
  void append_row(std::string& out);
  std::string cells_as_object() const;

  Rows rows_;
  ExportText kind_;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace lakelet::server
