#include "engine/julian_calendar.h"

#include "base/time.h"

namespace lakelet::engine {

namespace {

constexpr std::int64_t kFirstGregorianDay = -141427;  // 1582-10-15
constexpr std::int64_t kJulianDayOfEpoch = 2440588;   // of 1970-01-01
constexpr std::int64_t kJulianMarchEpoch = 1721118;   // of the Julian 0000-03-01
constexpr std::int64_t kDaysOfFourYears = 4 * 365 + 1;

}  // namespace

std::int64_t day_of_hybrid_day(std::int64_t day) {
  if (day >= kFirstGregorianDay) return day;
  // Years that begin in March end with the leap day, if they have one.
  const std::int64_t since = day + kJulianDayOfEpoch - kJulianMarchEpoch;
  const std::int64_t cycle =
      since >= 0 ? since / kDaysOfFourYears : -((-since + kDaysOfFourYears - 1) / kDaysOfFourYears);
  const std::int64_t in_cycle = since - cycle * kDaysOfFourYears;
  const std::int64_t year_of_cycle = in_cycle == kDaysOfFourYears - 1 ? 3 : in_cycle / 365;
  const std::int64_t day_of_year = in_cycle - year_of_cycle * 365;
  const std::int64_t month = (5 * day_of_year + 2) / 153;  // 0: March
  const std::int64_t day_of_month = day_of_year - (153 * month + 2) / 5;
  const bool next_year = month >= 10;
  CivilDate first{cycle * 4 + year_of_cycle + next_year, static_cast<int>(next_year ? month - 9 : month + 3), 1};
  return days_from_civil(first) + day_of_month;
}

}  // namespace lakelet::engine
