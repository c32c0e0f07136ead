// Universally unique identifiers, RFC 9562.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lakelet {

using Uuid = std::array<std::uint8_t, 16>;

// A random one (version 4), from the kernel's generator: unique across processes, machines and forks.
Uuid make_uuid();
std::string make_uuid_text();
// Of version 7: the time comes first, in milliseconds since 1970, and the rest is random.
Uuid make_uuid_v7(std::chrono::system_clock::time_point now = std::chrono::system_clock::now());
// The time in one of version 7; nullopt for others.
std::optional<std::chrono::system_clock::time_point> time_of(const Uuid& uuid);

std::string format_uuid(const Uuid& uuid);              // "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
std::optional<Uuid> parse_uuid(std::string_view text);  // that form only, either case

}  // namespace lakelet
