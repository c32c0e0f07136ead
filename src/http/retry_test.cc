#include "http/retry.h"

#include <gtest/gtest.h>

namespace lakelet {
namespace {

using std::chrono::milliseconds;
using End = HttpTry::End;

HttpTry answered(int status, std::optional<milliseconds> after = std::nullopt) {
  return {End::Answered, status, after};
}

bool again(const HttpTry& last, bool repeatable, int made = 1) {
  return wait_before_retry(last, repeatable, made, {}, 0.5).has_value();
}

TEST(HttpRetry, OnlyWhatMayPassIsTriedAgain) {
  for (const int status : {200, 204, 304, 400, 401, 404, 409, 500})
    EXPECT_FALSE(again(answered(status), true)) << status;
  for (const int status : {429, 502, 503, 504}) EXPECT_TRUE(again(answered(status), true)) << status;
  EXPECT_TRUE(again({End::NotSent}, true));
  EXPECT_TRUE(again({End::MaybeSent}, true));
  EXPECT_FALSE(again({End::Final}, true));
}

TEST(HttpRetry, WhatMayHaveBeenDoneIsntDoneTwice) {
  for (const int status : {500, 502, 503, 504}) EXPECT_FALSE(again(answered(status), false)) << status;
  EXPECT_FALSE(again({End::MaybeSent}, false));
  EXPECT_TRUE(again({End::NotSent}, false));
  EXPECT_TRUE(again(answered(429), false));
}

TEST(HttpRetry, WaitsGrowAndEnd) {
  const HttpLimits limits;
  milliseconds before{0};
  for (int made = 1; made < limits.tries; ++made) {
    const auto wait = wait_before_retry({End::NotSent}, true, made, limits, 0.5);
    ASSERT_TRUE(wait);
    EXPECT_GT(*wait, before);
    before = *wait;
  }
  EXPECT_FALSE(again({End::NotSent}, true, limits.tries));
}

TEST(HttpRetry, AServerIsWaitedForAsItAsksButNotForLong) {
  const HttpLimits limits;
  EXPECT_EQ(wait_before_retry(answered(503, milliseconds(7000)), true, 1, limits, 0), milliseconds(7000));
  EXPECT_FALSE(wait_before_retry(answered(503, limits.longest_wait + milliseconds(1)), true, 1, limits, 0));
}

}  // namespace
}  // namespace lakelet
