// Files of a table that are written again: the same rows in other files. No DuckDB type shows here.
#pragma once

#include <cstdint>
#include <vector>

#include "table/data_file.h"
#include "table/snapshot.h"
#include "table/transaction.h"

namespace lakelet::sql {

// How rows are ordered, throughout the new files.
enum class Placement {
  AsTheyCome,
  Sorted,   // by the columns one after the other, NULLs last
  ZCurve,   // by all of them alike
  Hilbert,  // likewise, along a curve without leaps
};

struct RewriteStep {
  std::vector<FileTask> files;  // of the transaction's base
  Placement placement = Placement::AsTheyCome;
  std::vector<ColumnPath> columns{};
  std::uint64_t target_bytes = 0;  // of a new file; 0: as the transaction's layout says
};

struct Rewritten {
  std::vector<DataFile> files;  // durable, and known to nobody: whoever asked for them adds them, or removes them
  std::int64_t rows = 0;
  std::int64_t bytes_read = 0;
  std::int64_t bytes_spilled = 0;  // the most that lay in temporary files at once
};

}  // namespace lakelet::sql
