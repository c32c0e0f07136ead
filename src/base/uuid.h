// Universally unique identifiers, RFC 9562.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lakelet {

using Uuid = std::array<std::uint8_t, 16>;

// A random one (version 4), from the kernel's generator: unique across processes, machines and forks.
Uuid make_uuid();
std::string make_uuid_text();

std::string format_uuid(const Uuid& uuid);              // "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
std::optional<Uuid> parse_uuid(std::string_view text);  // that form only, either case

}  // namespace lakelet
