// The compressions that metadata files use. Pure functions, bounded: no input makes them give more than was allowed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace lakelet::codec {

enum class Compression { None, Deflate, Gzip, Zstd, Snappy };  // Deflate: the bare stream, as Avro has it

// Throws Error(CorruptTable) for what is damaged, cut short or followed by something, and Error(Exhausted) beyond
// max_bytes.
std::string decompress(Compression compression, std::span<const std::byte> bytes, std::size_t max_bytes);

std::string compress(Compression compression, std::span<const std::byte> bytes);

// CRC-32 as zlib computes it.
std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace lakelet::codec
