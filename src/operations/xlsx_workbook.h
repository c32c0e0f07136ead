// The sheets of an Excel workbook (Office Open XML), as cells.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lakelet::operations {

struct XlsxCell {
  enum class Kind { Empty, Text, Number, Boolean, Moment };
  Kind kind = Kind::Empty;
  double number = 0;              // of a Number or a Boolean
  std::int64_t microseconds = 0;  // of a Moment, since 1970-01-01, as the sheet shows it
  std::string text;               // of a Text; of a Number as it is written
};

using XlsxRow = std::vector<XlsxCell>;  // from column A on, as far as there is something

// Rows that have something of the sheet by that name (or "1", "2" ... if none is called so; empty: the first), in
// order. A formula is its last value; an error ("#N/A") is Empty; a number that is shown as a date is a Moment, one
// that is shown as a time of day or a duration a Text ("13:30:00"). `shown` is the file's name for messages. Throws
// Error(InvalidArgument) for what isn't a workbook, Error(NotFound) for a sheet that it doesn't have,
// Error(UnsupportedFeature) for one that is encrypted or of an old kind, Error(Exhausted) beyond 20 million cells.
std::vector<XlsxRow> read_sheet(const std::string& bytes, const std::string& sheet, const std::string& shown);

// Those with cells, in their order; hidden ones too. Throws as above.
std::vector<std::string> sheet_names(const std::string& bytes, const std::string& shown);

}  // namespace lakelet::operations
