// The commit loop with its clock and dice in the open: what commit_on_top() runs, and its tests too.
#pragma once

#include <chrono>

#include "table/commit.h"

namespace lakelet {

// Where the loop gets time and chance from.
class CommitPacing {
 public:
  virtual ~CommitPacing() = default;
  virtual std::chrono::steady_clock::time_point now() = 0;
  // Returns early once `cancellation` is raised.
  virtual void sleep(std::chrono::microseconds duration, const Cancellation& cancellation) = 0;
  virtual double random_fraction() = 0;  // uniform in [0, 1)
};

inline constexpr std::chrono::milliseconds kFirstBackOff{10};
inline constexpr std::chrono::milliseconds kLongestBackOff{2'000};
// Steps of a commit that know, when a put throws Error(Unavailable), that it changed nothing. For others it counts as
// one without an answer.
class KnowsUnsent {
 public:
  virtual ~KnowsUnsent() = default;
};

// How often the answer to "is it ours?" is asked for before the commit counts as unknown.
inline constexpr int kReadBackTries = 5;
// How often a put is tried of which it is certain each time that it wasn't carried out.
inline constexpr int kUnreachedTries = 5;

// The longest pause before retry `retry` (from 1): the actual one is a random fraction of it.
std::chrono::milliseconds back_off_limit(int retry);

CommitOutcome commit_on_top(CommitSteps& steps, Version base, const CommitOptions& options, CommitPacing& pacing);

}  // namespace lakelet
