// What the writer and the reader of split_text.h share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lakelet::split {

// {"lakelet_split": 1, "check": "<16 hex digits over the bytes of the plan>", "plan": {...}}
inline constexpr const char* kVersionKey = "lakelet_split";
inline constexpr const char* kCheckKey = "check";
inline constexpr const char* kPlanKey = "plan";
// Grows with every change that an older reader would misunderstand.
inline constexpr std::int64_t kVersion = 1;

// FNV-1a, 64 bits: tells text that was changed on its way.
inline std::string check_of(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; hash >>= 4) text[i] = "0123456789abcdef"[hash & 15];
  return text;
}

}  // namespace lakelet::split
