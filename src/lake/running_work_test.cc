#include "lake/running_work.h"

#include <gtest/gtest.h>

#include <optional>

namespace lakelet {
namespace {

TEST(RunningWork, IsGivenUpWhenAllOfItIsCancelled) {
  const auto work = std::make_shared<RunningWork>();
  EXPECT_FALSE(work->given_up());
  const Cancellation one, other;
  std::optional<RunningWork::Entry> first(std::in_place, work, one), second(std::in_place, work, other);
  EXPECT_FALSE(work->given_up());
  one.cancel();
  EXPECT_FALSE(work->given_up());  // the other still waits
  other.cancel();
  EXPECT_TRUE(work->given_up());
  first.reset();
  EXPECT_TRUE(work->given_up());
  second.reset();
  EXPECT_FALSE(work->given_up());  // what starts next isn't what was cancelled
}

}  // namespace
}  // namespace lakelet
