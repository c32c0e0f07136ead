// Numbers of things as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lakelet::cli {

// "0 files", "1 file", "2 files"; what doesn't take an s says so: counted(2, "piece of advice", "pieces of advice").
std::string counted(std::int64_t count, std::string_view one, std::string_view more = {});

}  // namespace lakelet::cli
