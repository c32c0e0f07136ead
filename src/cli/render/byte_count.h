// Bytes as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace lakelet::cli {

// "1 byte", "938 bytes", "1.2 kB", "34 MB", "1.5 GB": thousands, and two digits where the first is alone.
std::string byte_count(std::uint64_t bytes);

}  // namespace lakelet::cli
