#include "catalogs/rest/idempotency_key.h"

#include <gtest/gtest.h>

#include "base/uuid.h"

namespace lakelet::catalogs {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

TEST(IsoDuration, HasALength) {
  EXPECT_EQ(parse_iso_duration("PT30M"), minutes(30));
  EXPECT_EQ(parse_iso_duration("PT24H"), hours(24));
  EXPECT_EQ(parse_iso_duration("P1DT1H1M1S"), hours(25) + milliseconds(61'000));
  EXPECT_EQ(parse_iso_duration("P2W"), hours(14 * 24));
  EXPECT_EQ(parse_iso_duration("PT0.5S"), milliseconds(500));
  EXPECT_EQ(parse_iso_duration("PT1,25S"), milliseconds(1250));
}

TEST(IsoDuration, WhatIsNone) {
  for (const char* text : {"", "P", "PT", "30M", "PT30", "P1M", "P1Y", "PT-1M", "PT1D", "P1H", "PT.5S", "PT1..5S",
                           "PTT1M", "PT1M ", "pt1m", "PT99999999999999999999H"}) {
    EXPECT_EQ(parse_iso_duration(text), std::nullopt) << text;
  }
}

TEST(IdempotencyKey, IsKeptWhileItIsYoung) {
  const auto made = std::chrono::system_clock::time_point(milliseconds(1'700'000'000'000));
  const std::string wanted = format_uuid(make_uuid_v7(made));
  EXPECT_EQ(idempotency_key(wanted, minutes(30), made).text, wanted);
  const IdempotencyKey later = idempotency_key(wanted, minutes(30), made + minutes(29));
  EXPECT_EQ(later.text, wanted);
  EXPECT_LE(later.until, std::chrono::steady_clock::now() + minutes(1));
  for (const auto now : {made + minutes(30), made - minutes(1)}) {  // too old, or by a clock that was set back
    const std::string other = idempotency_key(wanted, minutes(30), now).text;
    EXPECT_NE(other, wanted);
    EXPECT_EQ(time_of(*parse_uuid(other)), now);
  }
}

TEST(IdempotencyKey, IsMadeWhereNoneIsWanted) {
  const std::string one = idempotency_key("", minutes(30)).text;
  EXPECT_TRUE(time_of(*parse_uuid(one)));
  EXPECT_NE(idempotency_key("", minutes(30)).text, one);
}

}  // namespace
}  // namespace lakelet::catalogs
