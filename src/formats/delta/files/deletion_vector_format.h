// What readers and writers of deletion vectors share (PROTOCOL.md, "Deletion Vector Format"), beside the bitmap itself.
#pragma once

#include <cstddef>
#include <string_view>

namespace lakelet::delta {

inline constexpr char kDeletionVectorFileVersion = 1;  // the first byte of a file of vectors
inline constexpr std::size_t kEncodedUuidLength = 20;  // of the name of such a file, in Z85
inline constexpr std::string_view kZ85Alphabet =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

}  // namespace lakelet::delta
