// A data file that a scan would read, with what is known of its columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/alteration.h"  // ColumnPath
#include "lakelet/metadata.h"
#include "lakelet/value.h"

namespace lakelet {

// Of one column in one file. Bounds may be wider than the rows, never narrower. Absent: unknown.
struct ColumnBounds {
  ColumnPath column;
  std::optional<std::int64_t> nulls;
  std::optional<Value> least;
  std::optional<Value> greatest;
};

struct ScannedFile {
  FileInfo file;
  std::string uri;                     // absolute
  std::vector<ColumnBounds> columns;   // of which something is known
  std::vector<std::uint64_t> deleted;  // positions of stored rows that are gone, ascending
};

}  // namespace lakelet
