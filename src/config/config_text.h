// YAML, written.
#pragma once

#include <string>

#include "config/config_node.h"

namespace lakelet::config {

// In block style, every line behind `indent` spaces, with a line feed at its end. parse_yaml() reads the same values.
std::string yaml_text(const ConfigNode& node, int indent = 0);

}  // namespace lakelet::config
