#include "engine/julian_calendar.h"

#include <gtest/gtest.h>

#include "base/time.h"

namespace lakelet::engine {
namespace {

std::int64_t day(std::int64_t year, int month, int day_of_month) {
  return days_from_civil({year, month, day_of_month});
}

TEST(JulianCalendar, FromTheSwitchOnNothingChanges) {
  for (const std::int64_t at : {day(1582, 10, 15), day(1600, 2, 29), day(1970, 1, 1), day(9999, 12, 31)}) {
    EXPECT_EQ(day_of_hybrid_day(at), at);
  }
}

TEST(JulianCalendar, TheDayBeforeTheSwitchIsTheFourth) {
  EXPECT_EQ(day_of_hybrid_day(day(1582, 10, 14)), day(1582, 10, 4));
}

// The two calendars drift apart by a day in each century year that only one of them leaps; between 200-03-01 and
// 300-02-28 they agree.
TEST(JulianCalendar, TheDifferenceGrowsByCenturies) {
  EXPECT_EQ(day_of_hybrid_day(day(1500, 3, 11)), day(1500, 3, 1));
  EXPECT_EQ(day_of_hybrid_day(day(1500, 3, 9)), day(1500, 2, 28));
  EXPECT_EQ(day_of_hybrid_day(day(1000, 1, 6)), day(1000, 1, 1));
  EXPECT_EQ(day_of_hybrid_day(day(250, 6, 1)), day(250, 6, 1));
  EXPECT_EQ(day_of_hybrid_day(day(0, 12, 30)), day(1, 1, 1));
}

TEST(JulianCalendar, ALeapDayThatGregoryDroppedIsTheNextDay) {
  EXPECT_EQ(day_of_hybrid_day(day(1500, 3, 10)), day(1500, 3, 1));
}

TEST(JulianCalendar, DaysGoUpOneByOne) {
  std::int64_t dropped = 0;
  std::int64_t before = day_of_hybrid_day(day(-10, 1, 1));
  for (std::int64_t at = day(-10, 1, 1) + 1; at < day(1582, 10, 15); ++at) {
    const std::int64_t now = day_of_hybrid_day(at);
    dropped += now == before;
    EXPECT_TRUE(now == before || now == before + 1) << at;
    before = now;
  }
  EXPECT_EQ(dropped, 12);  // 100 200 300 500 600 700 900 1000 1100 1300 1400 1500
}

}  // namespace
}  // namespace lakelet::engine
