// How fast something goes, as people read it: what progress events say in their text.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

namespace lakelet {

// Used by one thread at a time.
class Rate {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Rate(std::string unit) : unit_(std::move(unit)) {}

  // "1.2 M rows/s", over the last seconds. Empty until half a second has passed since the first amount, and when the
  // amount is less than it was: then it starts anew.
  std::string add(std::int64_t amount, Clock::time_point now = Clock::now());

 private:
  struct Mark {
    Clock::time_point at;
    std::int64_t amount;
  };
  std::string unit_;
  std::deque<Mark> marks_;  // 100 a second at most
};

}  // namespace lakelet
