// What readers and writers of deletion vectors share (PROTOCOL.md, "Deletion Vector Format").
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lakelet::delta {

inline constexpr std::uint32_t kDeletionVectorMagic = 1681511377;  // a portable RoaringBitmapArray, little-endian
inline constexpr char kDeletionVectorFileVersion = 1;              // the first byte of a file of vectors
inline constexpr std::size_t kEncodedUuidLength = 20;              // of the name of such a file, in Z85
inline constexpr std::string_view kZ85Alphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

// CRC-32 as zlib computes it.
std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace lakelet::delta
