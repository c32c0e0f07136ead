#include "formats/delta/files/path_hash.h"

#include <bit>

namespace lakelet::delta {
namespace {

std::uint32_t mix_key(std::uint32_t key) {
  return std::rotl(key * 0xcc9e2d51U, 15) * 0x1b873593U;
}

std::uint32_t mix(std::uint32_t hash, std::uint32_t key) {
  return std::rotl(hash ^ mix_key(key), 13) * 5 + 0xe6546b64U;
}

std::uint32_t finish(std::uint32_t hash, std::uint32_t length) {
  hash ^= length;
  hash ^= hash >> 16;
  hash *= 0x85ebca6bU;
  hash ^= hash >> 13;
  hash *= 0xc2b2ae35U;
  return hash ^ (hash >> 16);
}

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (int i = 3; i >= 0; --i) word = (word << 8) | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return word;
}

}  // namespace

std::uint32_t spark_hash(std::string_view bytes, std::uint32_t seed) {
  std::uint32_t hash = seed;
  std::size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) hash = mix(hash, word_at(bytes, at));
  for (; at < bytes.size(); ++at) {
    hash = mix(hash, static_cast<std::uint32_t>(static_cast<std::int32_t>(static_cast<signed char>(bytes[at]))));
  }
  return finish(hash, static_cast<std::uint32_t>(bytes.size()));
}

int checkpoint_part(std::optional<std::string_view> path, const std::optional<std::string>& dv_id, int parts) {
  std::uint32_t hash = 42;  // Spark's seed
  if (path) hash = spark_hash(*path, hash);
  if (dv_id) hash = spark_hash(*dv_id, hash);
  const int remainder = static_cast<int>(static_cast<std::int32_t>(hash) % parts);
  return (remainder < 0 ? remainder + parts : remainder) + 1;
}

}  // namespace lakelet::delta
