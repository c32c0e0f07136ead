// Rows that don't come out of a Parquet file of the table: what a catalog's database keeps inline, what log files say.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/arrow.h"
#include "lakelet/schema.h"
#include "table/column_path.h"

namespace lakelet {

// Immutable and shareable between threads, as the snapshot that it belongs to.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // A pull stream of struct arrays with these columns, by name, in this order. Every call begins anew.
  virtual OwnedArrowStream open(const Schema& columns) const = 0;
};

// Records that replace or remove rows of a file with the same key, and otherwise add themselves.
struct RecordMerge {
  std::vector<ColumnPath> key;       // of both sides; NULL equals NULL
  std::vector<ColumnPath> ordering;  // the greater one stays, on a tie the record; empty: the record always does
  std::shared_ptr<const RowSource> records;  // no key twice: the format has merged its logs among themselves
  std::string deleted_column;                // a boolean of `records` that is true where the row is to go
};

}  // namespace lakelet
