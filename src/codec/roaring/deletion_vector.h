// Sets of row positions as table formats store them: a 64-bit Roaring bitmap in its portable form behind a magic number
// (Delta's "Deletion Vector Format", Puffin's deletion-vector-v1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace lakelet::codec {

inline constexpr std::uint32_t kDeletionVectorMagic = 1681511377;  // little-endian: D1 D3 39 64

struct PositionRun {
  std::uint64_t first = 0, length = 0;
};

// Called with some runs of positions at a time, in the order of the bitmap.
using AddPositions = std::function<void(std::span<const PositionRun> runs)>;

// Magic number and bitmap. Throws Error(CorruptTable).
void parse_deletion_vector(std::span<const std::byte> bytes, const AddPositions& add);

// The same with its length before and its checksum behind it, both big-endian: `framed` is all of it. Throws
// Error(CorruptTable).
std::span<const std::byte> unframe_deletion_vector(std::span<const std::byte> framed);

// Magic number and bitmap of these positions, ascending, with runs as runs.
std::string encode_deletion_vector(std::span<const std::uint64_t> positions);
std::string frame_deletion_vector(const std::string& encoded);

}  // namespace lakelet::codec
