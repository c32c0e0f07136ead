// The 32-bit Murmur3 hash, x86 variant: how bucketed tables spread their values.
#pragma once

#include <cstdint>
#include <string_view>

namespace lakelet::codec {

std::uint32_t murmur3(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace lakelet::codec
