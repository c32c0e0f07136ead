#include "engine/space_filling_curve.h"

#include <algorithm>

namespace lakelet::engine {
namespace {

constexpr int kMostBits = 12;

// J. Skilling, "Programming the Hilbert curve" (2004): coordinates become the Hilbert index, its bits spread over them.
void to_hilbert_transpose(std::span<std::uint32_t> point, int bits) {
  const std::uint32_t top = std::uint32_t{1} << (bits - 1);
  for (std::uint32_t bit = top; bit > 1; bit >>= 1) {
    const std::uint32_t below = bit - 1;
    for (std::uint32_t& coordinate : point) {
      if (coordinate & bit) {
        point[0] ^= below;
      } else {
        const std::uint32_t exchanged = (point[0] ^ coordinate) & below;
        point[0] ^= exchanged;
        coordinate ^= exchanged;
      }
    }
  }
  for (std::size_t i = 1; i < point.size(); ++i) point[i] ^= point[i - 1];  // Gray code
  std::uint32_t flip = 0;
  for (std::uint32_t bit = top; bit > 1; bit >>= 1) {
    if (point.back() & bit) flip ^= bit - 1;
  }
  for (std::uint32_t& coordinate : point) coordinate ^= flip;
}

std::uint64_t interleave(std::span<const std::uint32_t> point, int bits) {
  std::uint64_t key = 0;
  for (int bit = bits - 1; bit >= 0; --bit) {
    for (const std::uint32_t coordinate : point) key = (key << 1) | ((coordinate >> bit) & 1);
  }
  return key;
}

}  // namespace

int bits_of_coordinate(std::size_t dimensions) {
  const std::size_t room = dimensions <= 4 ? 32 : 64;
  return std::max(1, std::min<int>(kMostBits, static_cast<int>(room / std::max<std::size_t>(1, dimensions))));
}

std::uint64_t curve_key(Curve curve, std::span<std::uint32_t> point, int bits) {
  if (curve == Curve::Hilbert) to_hilbert_transpose(point, bits);
  return interleave(point, bits);
}

}  // namespace lakelet::engine
