#include "http/retry.h"

#include <algorithm>

namespace lakelet {

namespace {

using std::chrono::milliseconds;

constexpr int kTooManyRequests = 429, kBadGateway = 502, kUnavailable = 503, kGatewayTimeout = 504;

bool may_pass(const HttpTry& last, bool repeatable) {
  switch (last.end) {
    case HttpTry::End::NotSent:
      return true;
    case HttpTry::End::MaybeSent:
      return repeatable;
    case HttpTry::End::Final:
      return false;
    case HttpTry::End::Answered:
      break;
  }
  if (last.status == kTooManyRequests) return true;  // refused before anything was done (RFC 6585, 4)
  return repeatable && (last.status == kBadGateway || last.status == kUnavailable || last.status == kGatewayTimeout);
}

}  // namespace

std::optional<milliseconds> wait_before_retry(const HttpTry& last, bool repeatable, int made, const HttpLimits& limits,
                                              double random) {
  if (made >= limits.tries || !may_pass(last, repeatable)) return std::nullopt;
  constexpr milliseconds kFirst{200};
  const milliseconds limit = std::min(kFirst * (1 << std::min(made - 1, 16)), limits.longest_wait);
  const milliseconds jittered(static_cast<std::int64_t>(static_cast<double>(limit.count()) * (0.5 + random / 2)));
  if (!last.retry_after) return jittered;
  if (*last.retry_after > limits.longest_wait) return std::nullopt;
  return std::max(*last.retry_after, jittered);
}

}  // namespace lakelet
