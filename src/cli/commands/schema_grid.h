// The columns of a table as people look at them.
#pragma once

#include "cli/messages.h"
#include "cli/render/row_source.h"
#include "lakelet/table.h"

namespace lakelet::cli {

// One row for each column. Rules of values that can't be read leave out the column of defaults' contents, and
// `messages` says so: whoever only reads isn't hindered by them.
Grid schema_grid(const Table& table, Messages& messages);

}  // namespace lakelet::cli
