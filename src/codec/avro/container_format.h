// What readers and writers of Avro's object container files share ("Object Container Files").
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "codec/compression/compression.h"

namespace lakelet::codec::avro {

inline constexpr std::string_view kMagic{"Obj\x01", 4};
inline constexpr std::size_t kSyncBytes = 16;
inline constexpr const char* kSchemaKey = "avro.schema";
inline constexpr const char* kCodecKey = "avro.codec";

struct CodecName {
  std::string_view name;
  Compression compression;
};
// A snappy block ends with the CRC-32 of what was compressed, big-endian.
inline constexpr std::array<CodecName, 4> kCodecs = {{
    {"null", Compression::None},
    {"deflate", Compression::Deflate},
    {"snappy", Compression::Snappy},
    {"zstandard", Compression::Zstd},
}};

}  // namespace lakelet::codec::avro
