// What a target may do with bytes that make no sense: say so. Anything else ends the program, and the fuzzer keeps the
// input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>

#include "lakelet/error.h"

namespace lakelet::fuzz {

inline void fail(std::string_view what) {
  std::fprintf(stderr, "fuzz: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Runs `act`. Returns whether it went through; an Error of one of these codes is a clean refusal, with a message of one
// line. Any other Error, and any other exception, is a defect.
template <typename Act>
bool goes_through(std::initializer_list<ErrorCode> refusals, const Act& act) {
  try {
    act();
    return true;
  } catch (const Error& error) {
    for (const ErrorCode code : refusals) {
      if (error.code() != code) continue;
      if (error.message().empty()) fail("an error without a message");
      return false;
    }
    fail(error.what());
  } catch (const std::exception& error) {
    fail(error.what());
  }
  return false;
}

}  // namespace lakelet::fuzz
