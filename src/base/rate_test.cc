#include "base/rate.h"

#include <gtest/gtest.h>

namespace lakelet {
namespace {

using std::chrono::milliseconds;

TEST(Rate, OfTheLastSeconds) {
  Rate rate("rows");
  const Rate::Clock::time_point start{};
  EXPECT_EQ(rate.add(1000, start), "");
  EXPECT_EQ(rate.add(1500, start + milliseconds(100)), "");  // too early to say
  EXPECT_EQ(rate.add(3000, start + milliseconds(1000)), "2.0 k rows/s");
  EXPECT_EQ(rate.add(9'003'000, start + milliseconds(10000)), "1.0 M rows/s");  // since the second at 1 s
  EXPECT_EQ(rate.add(10, start + milliseconds(10100)), "");                     // something new
  EXPECT_EQ(rate.add(15, start + milliseconds(11100)), "5.0 rows/s");
}

TEST(Rate, StandsStill) {
  Rate rate("files");
  const Rate::Clock::time_point start{};
  rate.add(5, start);
  EXPECT_EQ(rate.add(5, start + milliseconds(2000)), "");
}

}  // namespace
}  // namespace lakelet
