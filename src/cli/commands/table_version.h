// --version N beside a table, as laketower spells TABLE@vN.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lakelet::cli {

inline std::string with_version(const std::string& table, std::optional<std::int64_t> version) {
  return version ? table + "@v" + std::to_string(*version) : table;
}

}  // namespace lakelet::cli
