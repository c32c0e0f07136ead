// Which part of a multi-part checkpoint an action belongs to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lakelet::delta {

// Spark's Murmur3 of a string's bytes. It differs from the reference in the last bytes, each of which is mixed in as a
// (signed) word of its own.
std::uint32_t spark_hash(std::string_view bytes, std::uint32_t seed);

// The part, from 1 to `parts`, by hashing the path and the deletion vector's unique id as Spark does (PROTOCOL.md,
// "Multi-part checkpoint"): whoever writes the checkpoint, each part holds the same actions. Null keys leave the hash
// as it is.
int checkpoint_part(std::optional<std::string_view> path, const std::optional<std::string>& dv_id, int parts);

}  // namespace lakelet::delta
