// Points of a space with several dimensions in an order in which neighbours stay together: along a Z curve or a Hilbert
// curve. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lakelet::engine {

enum class Curve { Z, Hilbert };

// How many bits of each coordinate a key takes: as many as are worth it, and as fit into 32 bits in all or, for more
// than four dimensions, into 64.
int bits_of_coordinate(std::size_t dimensions);

// The place of a point on the curve. Of each coordinate the lowest `bits` count; dimensions * bits is at most 64.
// Hilbert overwrites the coordinates.
std::uint64_t curve_key(Curve curve, std::span<std::uint32_t> point, int bits);

}  // namespace lakelet::engine
