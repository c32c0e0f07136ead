// The header Idempotency-Key, by which a server that knows a change already answers as it did before, and does nothing
// (open-api/rest-catalog-open-api.yaml, "idempotency-key").
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lakelet::catalogs {

// "PT30M", "P1DT12H", "PT0.5S" (ISO 8601). nullopt: it is none, or has months or years, which have no length.
std::optional<std::chrono::milliseconds> parse_iso_duration(std::string_view text);

struct IdempotencyKey {
  std::string text;
  std::chrono::steady_clock::time_point until;  // no longer used from then on
};
// `wanted`, a UUID of version 7, if it is as young as keys may be at `now`, and a new one if not.
IdempotencyKey idempotency_key(const std::string& wanted, std::chrono::milliseconds lifetime,
                               std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

}  // namespace lakelet::catalogs
