// The rows of a position delete file (spec.md, "Position Delete Files").
#pragma once

#include <map>
#include <string>

#include "lakelet/arrow.h"
#include "table/row_positions.h"

namespace lakelet::iceberg {

// Of each data file, by its path.
using PositionsByPath = std::map<std::string, RowPositions>;

// (file_path, pos), ordered by both. `removed` must outlive the stream, which has one data file's positions at a time
// in memory.
OwnedArrowStream position_rows(const PositionsByPath& removed);

}  // namespace lakelet::iceberg
