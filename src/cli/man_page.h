// The manual, from the same definitions as --help.
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace lakelet::cli {

// In roff, for man(1).
std::string man_page(const CommandInfo& root, const std::string& version);

}  // namespace lakelet::cli
