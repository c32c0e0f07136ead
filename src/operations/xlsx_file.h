// Excel workbooks as Arrow streams.
#pragma once

#include <string>

#include "lakelet/arrow.h"
#include "lakelet/schema.h"
#include "lakelet/source.h"
#include "storage/location.h"

namespace lakelet::operations {

// A sheet as one batch; its first row names the columns, or, without a header, `table` does, in order. A column
// has the type that its cells have: whole numbers, numbers, truth values, dates, times; text where they differ, and
// where `table` has text. Throws Error(InvalidArgument) for what isn't a workbook, or names two columns alike, and
// Error(NotFound) for a sheet that isn't there.
OwnedArrowStream open_xlsx_file(const Location& file, const std::string& shown, const FileOptions& options,
                                const Schema* table);

std::vector<std::string> xlsx_sheets(const Location& file, const std::string& shown);

}  // namespace lakelet::operations
