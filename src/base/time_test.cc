#include "base/time.h"

#include <gtest/gtest.h>

#include <limits>

namespace lakelet {
namespace {

TEST(Time, CivilDatesAndDaysAreInversesOverTenThousandYears) {
  std::int64_t days = days_from_civil({1, 1, 1});
  EXPECT_EQ(days, -719162);
  int year = 1, month = 1, day = 1;
  const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (; year <= 9999; ++days) {
    ASSERT_EQ(civil_from_days(days), (CivilDate{year, month, day})) << days;
    ASSERT_EQ(days_from_civil({year, month, day}), days);
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (++day > lengths[month - 1] + (leap && month == 2 ? 1 : 0)) {
      day = 1;
      if (++month > 12) month = 1, ++year;
    }
  }
  EXPECT_EQ(days, days_from_civil({10000, 1, 1}));
}

TEST(Time, FormatsDates) {
  EXPECT_EQ(format_date(0), "1970-01-01");
  EXPECT_EQ(format_date(-1), "1969-12-31");
  EXPECT_EQ(format_date(-719162), "0001-01-01");
  EXPECT_EQ(format_date(2932896), "9999-12-31");
  EXPECT_EQ(format_date(2932897), "+10000-01-01");
  EXPECT_EQ(format_date(days_from_civil({-44, 3, 15})), "-0044-03-15");
}

TEST(Time, FormatsTimestamps) {
  EXPECT_EQ(format_timestamp(0), "1970-01-01 00:00:00");
  EXPECT_EQ(format_timestamp(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(format_timestamp(1738324800500000), "2025-01-31 12:00:00.5");
  EXPECT_EQ(format_timestamp_ns(1738324800000000001), "2025-01-31 12:00:00.000000001");
  EXPECT_EQ(format_timestamp_ns(-1), "1969-12-31 23:59:59.999999999");
  EXPECT_EQ(format_iso8601(1738324800500999), "2025-01-31T12:00:00.500Z");
  EXPECT_EQ(format_iso8601(1738324800500999, 6), "2025-01-31T12:00:00.500999Z");
  EXPECT_EQ(format_iso8601(1738324800500999, 0), "2025-01-31T12:00:00Z");
  EXPECT_EQ(format_iso8601(-1, 3), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_iso8601(1, 9), "1970-01-01T00:00:00.000001000Z");
  EXPECT_EQ(format_time(43200000000), "12:00:00");
  EXPECT_EQ(format_time(86399999990), "23:59:59.99999");
}

TEST(Time, EveryInt64Formats) {
  EXPECT_EQ(format_timestamp(std::numeric_limits<std::int64_t>::min()), "-290308-12-21 19:59:05.224192");
  EXPECT_EQ(format_timestamp(std::numeric_limits<std::int64_t>::max()), "+294247-01-10 04:00:54.775807");
  EXPECT_FALSE(format_date(std::numeric_limits<std::int32_t>::min()).empty());
  EXPECT_FALSE(format_date(std::numeric_limits<std::int64_t>::max() / 2).empty());
}

TEST(Time, ParsesWhatItFormats) {
  for (const std::int64_t us :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1738324800500001}, std::int64_t{-62135596800000000},
        std::int64_t{253402300799999999}, std::numeric_limits<std::int64_t>::min() + kMicrosPerDay,
        std::numeric_limits<std::int64_t>::max()}) {
    const auto sql = parse_timestamp(format_timestamp(us));
    ASSERT_TRUE(sql) << format_timestamp(us);
    EXPECT_EQ(sql->us, us);
    EXPECT_FALSE(sql->zoned);
    const auto iso = parse_timestamp(format_iso8601(us, 6));
    ASSERT_TRUE(iso);
    EXPECT_EQ(iso->us, us);
    EXPECT_TRUE(iso->zoned);
  }
  for (const std::int64_t days : {-719162, -1, 0, 20000, 2932896, 2932897}) {
    EXPECT_EQ(parse_date(format_date(days)), days);
  }
}

TEST(Time, ParsesZonesFractionsAndShortForms) {
  const std::int64_t noon = 1738324800000000;
  for (const char* text : {"2025-01-31T12:00:00Z", "2025-01-31 12:00:00+00:00", "2025-01-31T13:00:00+01:00",
                           "2025-01-31T13:00:00+01", "2025-01-31 10:30:00-0130", "2025-01-31 12:00:00 UTC",
                           "2025-01-31T12:00Z", "2025-01-31 12:00:00.000000 +00:00"}) {
    const auto parsed = parse_timestamp(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->us, noon) << text;
    EXPECT_TRUE(parsed->zoned) << text;
  }
  EXPECT_EQ(parse_timestamp("2025-01-31")->us, noon - 12 * 3600 * kMicrosPerSecond);
  EXPECT_EQ(parse_timestamp("2025-01-31 12:00:00.123456789")->us, noon + 123456);
  EXPECT_EQ(parse_timestamp("2025-01-31 12:00:00.123456789")->ns, 789);
  EXPECT_EQ(parse_timestamp("1969-12-31 23:59:59.999999999")->us, -1);
  EXPECT_EQ(parse_date("2025-1-3"), parse_date("2025-01-03"));
  EXPECT_EQ(parse_time("23:59:59.5"), 86399500000);
  EXPECT_EQ(parse_time("12:00"), 43200000000);
}

TEST(Time, RefusesWhatIsNoMoment) {
  for (const char* text :
       {"", "2025", "2025-13-01", "2025-00-01", "2025-02-29", "1900-02-29", "2025-04-31", "2025-01-32", "25-01-31",
        "2025-01-31x", "2025-01-31 ", "2025/01/31", "x2025-01-31", "2025-01--1"}) {
    EXPECT_FALSE(parse_date(text)) << text;
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
  for (const char* text :
       {"2025-01-31T", "2025-01-31 24:00:00", "2025-01-31 12:60:00", "2025-01-31 12:00:60", "2025-01-31 12:00:00.",
        "2025-01-31 12:00:00.1234567890", "2025-01-31 12:00:00 ", "2025-01-31 12:00:00 PST", "2025-01-31 12:00:00+1",
        "2025-01-31 12:00:00+25:00", "2025-01-31  12:00:00", "2025-01-31 12:00:00ZZ", "+400000-01-01 00:00:00"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
  for (const char* text : {"", "12", "12:0", "24:00", "12:00:00Z", "-1:00"}) EXPECT_FALSE(parse_time(text)) << text;
  EXPECT_TRUE(parse_date("2000-02-29"));
}

TEST(Time, OtherUnitsEndAtTheFarthestPoints) {
  EXPECT_EQ(micros_of_millis(-1'500), -1'500'000);
  EXPECT_EQ(micros_of_seconds(2), 2'000'000);
  constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t value : {kLast, kLast / 999}) {
    EXPECT_EQ(micros_of_millis(value), kLast);
    EXPECT_EQ(micros_of_seconds(value), kLast);
  }
  EXPECT_EQ(micros_of_millis(kFirst), kFirst);
  EXPECT_EQ(micros_of_seconds(kFirst), kFirst);
}

TEST(Time, TheClockRuns) {
  const std::int64_t now = now_us();
  EXPECT_GT(now, 1'700'000'000'000'000);
  EXPECT_GE(now_us(), now);
}

}  // namespace
}  // namespace lakelet
