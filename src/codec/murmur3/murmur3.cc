#include "codec/murmur3/murmur3.h"

#include <bit>

namespace lakelet::codec {

namespace {

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::uint32_t scrambled(std::uint32_t word) {
  return std::rotl(word * 0xCC9E2D51u, 15) * 0x1B873593u;
}

}  // namespace

std::uint32_t murmur3(std::string_view bytes, std::uint32_t seed) {
  std::uint32_t hash = seed;
  std::size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    hash = std::rotl(hash ^ scrambled(little_endian(bytes.substr(at, 4))), 13) * 5 + 0xE6546B64u;
  }
  if (at < bytes.size()) hash ^= scrambled(little_endian(bytes.substr(at)));
  hash ^= static_cast<std::uint32_t>(bytes.size());
  hash = (hash ^ hash >> 16) * 0x85EBCA6Bu;
  hash = (hash ^ hash >> 13) * 0xC2B2AE35u;
  return hash ^ hash >> 16;
}

}  // namespace lakelet::codec
