// What metadata and detail have in common.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/invocation.h"

namespace lakelet::cli {

Cell properties_cell(const Properties& properties);

// In JSON, names are keys: "partition columns" becomes partition_columns.
std::vector<std::pair<std::string, Cell>> named_for(OutputFormat format, std::vector<std::pair<std::string, Cell>> all);

}  // namespace lakelet::cli
