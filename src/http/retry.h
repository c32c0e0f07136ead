// Whether and when a request is sent again.
#pragma once

#include <chrono>
#include <optional>

#include "http/http_client.h"

namespace lakelet {

// What became of one try.
struct HttpTry {
  enum class End { Answered, NotSent, MaybeSent, Final };  // Final: another try would end the same
  End end = End::Answered;
  int status = 0;                                          // of an answer
  std::optional<std::chrono::milliseconds> retry_after{};  // as the server asked
};

// How long to wait before the next try; nullopt: there is none. `made`: tries so far. `random`: in [0, 1).
std::optional<std::chrono::milliseconds> wait_before_retry(const HttpTry& last, bool repeatable, int made,
                                                           const HttpLimits& limits, double random);

}  // namespace lakelet
