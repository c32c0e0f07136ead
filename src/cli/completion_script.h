// What shells need to complete lakelet's commands and options.
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace lakelet::cli {

// Options, commands and the words that an option takes come from `root`; names of tables and saved queries are asked of
// lakelet itself while a line is typed.
std::string bash_completion(const CommandInfo& root);
std::string zsh_completion(const CommandInfo& root);
std::string fish_completion(const CommandInfo& root);

}  // namespace lakelet::cli
