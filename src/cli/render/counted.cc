#include "cli/render/counted.h"

#include <fmt/format.h>

namespace lakelet::cli {

std::string counted(std::int64_t count, std::string_view one, std::string_view more) {
  if (count == 1) return fmt::format("1 {}", one);
  return more.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, more);
}

}  // namespace lakelet::cli
