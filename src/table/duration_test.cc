#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "lakelet/maintenance.h"

namespace lakelet {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Duration, PeopleWriteItInManyWays) {
  EXPECT_EQ(parse_duration("7d"), hours(168));
  EXPECT_EQ(parse_duration("7 days"), hours(168));
  EXPECT_EQ(parse_duration("1 WEEK"), hours(168));
  EXPECT_EQ(parse_duration("168:00:00"), hours(168));
  EXPECT_EQ(parse_duration("1 day 02:30:00"), hours(26) + minutes(30));
  EXPECT_EQ(parse_duration("1h30m"), minutes(90));
  EXPECT_EQ(parse_duration("90 minutes"), minutes(90));
  EXPECT_EQ(parse_duration("10s"), seconds(10));
  EXPECT_EQ(parse_duration("0"), seconds(0));
  EXPECT_EQ(parse_duration("0 hours"), seconds(0));
}

TEST(Duration, WhatIsNoneIsRefused) {
  for (const char* text : {"", "7", "-1 days", "soon", "7 moons", "1:30", "99999999999999999 weeks", "7 days x"}) {
    EXPECT_THROW(parse_duration(text), Error) << text;
  }
}

}  // namespace
}  // namespace lakelet
