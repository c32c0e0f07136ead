// SHA-256 (FIPS 180-4), and HMAC with it (RFC 2104): what requests to object stores are signed with.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace lakelet {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
// Of `bytes` under `key`, both of any length.
Sha256 hmac_sha256(std::string_view key, std::string_view bytes);

// 64 lower-case hexadecimal digits.
std::string hex_text(const Sha256& digest);
// The bytes as they stand: a key for the next HMAC.
std::string_view bytes_of(const Sha256& digest);

}  // namespace lakelet
