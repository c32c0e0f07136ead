#include "engine/space_filling_curve.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <map>
#include <set>

namespace lakelet::engine {
namespace {

TEST(SpaceFillingCurve, ZInterleavesBits) {
  std::array<std::uint32_t, 2> point{0b101, 0b011};
  EXPECT_EQ(curve_key(Curve::Z, point, 3), 0b100111u);
  std::array<std::uint32_t, 3> three{1, 0, 1};
  EXPECT_EQ(curve_key(Curve::Z, three, 1), 0b101u);
}

// Every point has a place of its own, and the next place is the next point: one step along one axis.
template <std::size_t N>
void walk_hilbert(int bits) {
  std::map<std::uint64_t, std::array<std::uint32_t, N>> places;
  const std::uint64_t points = std::uint64_t{1} << (bits * N);
  for (std::uint64_t i = 0; i < points; ++i) {
    std::array<std::uint32_t, N> point{};
    for (std::size_t d = 0; d < N; ++d) point[d] = (i >> (d * bits)) & ((1u << bits) - 1);
    auto moved = point;
    const auto key = curve_key(Curve::Hilbert, moved, bits);
    ASSERT_LT(key, points);
    ASSERT_TRUE(places.emplace(key, point).second);
  }
  for (auto place = places.begin(), next = std::next(place); next != places.end(); ++place, ++next) {
    int steps = 0;
    for (std::size_t d = 0; d < N; ++d) {
      steps += std::abs(static_cast<int>(place->second[d]) - static_cast<int>(next->second[d]));
    }
    ASSERT_EQ(steps, 1) << "at place " << place->first;
  }
}

TEST(SpaceFillingCurve, HilbertGoesByNeighbours) {
  walk_hilbert<2>(5);
  walk_hilbert<3>(3);
  walk_hilbert<4>(2);
}

TEST(SpaceFillingCurve, KeysFit) {
  for (std::size_t dimensions = 1; dimensions <= 64; ++dimensions) {
    const int bits = bits_of_coordinate(dimensions);
    EXPECT_GE(bits, 1);
    EXPECT_LE(static_cast<std::size_t>(bits) * dimensions, dimensions <= 4 ? 32u : 64u);
  }
}

}  // namespace
}  // namespace lakelet::engine
