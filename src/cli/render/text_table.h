// Rows as a table with lines, for people.
#pragma once

#include <cstdint>
#include <vector>

#include "cli/byte_sink.h"
#include "cli/render/row_source.h"

namespace lakelet::cli {

struct TableStyle {
  bool colour = false;
  std::size_t width = 0;  // of the terminal; 0: as wide as the rows need
};

// Looks at the first rows to find widths, then streams; returns how many rows there were. Cells are cut to the
// terminal's width, and columns in the middle left out if there are too many for it; without a width nothing is cut.
std::int64_t write_table(RowSource& rows, ByteSink& out, const TableStyle& style);

// The widths that the columns get so that the whole fits `total` columns of terminal (borders included); a column with
// width 0 is left out. Widths are unchanged if they fit.
std::vector<std::size_t> fit_widths(std::vector<std::size_t> widths, std::size_t total);

}  // namespace lakelet::cli
