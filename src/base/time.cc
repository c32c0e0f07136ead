#include "base/time.h"

#include <fmt/format.h>

#include <ctime>
#include <limits>

namespace lakelet {

namespace {

constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}
constexpr std::int64_t floor_modulo(std::int64_t a, std::int64_t b) {
  return a % b + (a % b < 0 ? b : 0);
}

void append_date(std::string& out, std::int64_t days) {
  const CivilDate date = civil_from_days(days);
  if (date.year >= 0 && date.year <= 9999) {
    fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", date.year, date.month, date.day);
  } else {
    const char sign = date.year < 0 ? '-' : '+';
    fmt::format_to(std::back_inserter(out), "{}{:04}-{:02}-{:02}", sign, date.year < 0 ? -date.year : date.year,
                   date.month, date.day);
  }
}

void append_clock(std::string& out, std::int64_t seconds_of_day) {
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}", seconds_of_day / 3600, seconds_of_day / 60 % 60,
                 seconds_of_day % 60);
}

// `fraction` of a second in units of 10^-width, without trailing zeros; nothing at all for zero.
void append_short_fraction(std::string& out, std::int64_t fraction, int width) {
  if (fraction == 0) return;
  fmt::format_to(std::back_inserter(out), ".{:0{}}", fraction, width);
  while (out.back() == '0') out.pop_back();
}

std::string format_units(std::int64_t value, std::int64_t per_second, int width) {
  const std::int64_t seconds = floor_divide(value, per_second);
  std::string out;
  append_date(out, floor_divide(seconds, 86'400));
  out.push_back(' ');
  append_clock(out, floor_modulo(seconds, 86'400));
  append_short_fraction(out, floor_modulo(value, per_second), width);
  return out;
}

}  // namespace

namespace {

std::int64_t saturated_product(std::int64_t value, std::int64_t factor) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(value, factor, &product)) return product;
  return value < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

std::int64_t micros_of_millis(std::int64_t ms) {
  return saturated_product(ms, 1'000);
}
std::int64_t micros_of_seconds(std::int64_t seconds) {
  return saturated_product(seconds, kMicrosPerSecond);
}

std::int64_t now_us() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * kMicrosPerSecond + now.tv_nsec / 1000;
}

// Both directions count eras of 400 years from March 1st of year 0, so that the leap day is the last day of its year.
std::int64_t days_from_civil(const CivilDate& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDate civil_from_days(std::int64_t days) {
  // Split before shifting the origin, so that no int64 overflows.
  std::int64_t era = floor_divide(days, 146'097);
  std::int64_t day_of_era = floor_modulo(days, 146'097) + 719'468;
  era += day_of_era / 146'097;
  day_of_era %= 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  date.month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

std::string format_date(std::int64_t days) {
  std::string out;
  append_date(out, days);
  return out;
}

std::string format_time(std::int64_t us) {
  std::string out;
  append_clock(out, floor_divide(us, kMicrosPerSecond));
  append_short_fraction(out, floor_modulo(us, kMicrosPerSecond), 6);
  return out;
}

std::string format_timestamp(std::int64_t us) {
  return format_units(us, kMicrosPerSecond, 6);
}

std::string format_timestamp_ns(std::int64_t ns) {
  return format_units(ns, 1'000'000'000, 9);
}

std::string format_iso8601(std::int64_t us, int digits) {
  const std::int64_t seconds = floor_divide(us, kMicrosPerSecond);
  std::string out;
  append_date(out, floor_divide(seconds, 86'400));
  out.push_back('T');
  append_clock(out, floor_modulo(seconds, 86'400));
  if (digits > 0) {
    const std::string fraction = fmt::format("{:06}000", floor_modulo(us, kMicrosPerSecond));
    out.append(".").append(fraction, 0, static_cast<std::size_t>(digits));
  }
  out.push_back('Z');
  return out;
}

}  // namespace lakelet
