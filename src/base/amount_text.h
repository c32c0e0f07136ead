// Amounts as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lakelet {

// "1 byte", "938 bytes", "1.2 kB", "34 MB", "1.5 GB": thousands, and two digits where the first is alone.
std::string byte_count(std::uint64_t bytes);

// "0 files", "1 file", "2 files"; what doesn't take an s says so: counted(2, "piece of advice", "pieces of advice").
std::string counted(std::int64_t count, std::string_view one, std::string_view more = {});

}  // namespace lakelet
