// Points in time as integers (days, microseconds and nanoseconds since 1970-01-01T00:00:00Z, proleptic Gregorian), and
// their text. Years are written with four digits in 0000..9999, with a sign and more digits outside ("+12025-01-31",
// "-0044-03-15"; year 0 is 1 BC). Pure functions but for now_us(); any int64 is a valid point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lakelet {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

// Microseconds, or the nearest int64 where there are too many.
std::int64_t micros_of_millis(std::int64_t ms);
std::int64_t micros_of_seconds(std::int64_t seconds);

// The wall clock.
std::int64_t now_us();

struct CivilDate {
  std::int64_t year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  friend bool operator==(const CivilDate&, const CivilDate&) = default;
};
std::int64_t days_from_civil(const CivilDate& date);
CivilDate civil_from_days(std::int64_t days);

std::string format_date(std::int64_t days);        // "2025-01-31"
std::string format_time(std::int64_t us);          // of a day: "12:00:00", "12:00:00.5"
std::string format_timestamp(std::int64_t us);     // SQL: "2025-01-31 12:00:00", "2025-01-31 12:00:00.5"
std::string format_timestamp_ns(std::int64_t ns);  // the same, up to nine digits
// "2025-01-31T12:00:00.500Z": always `digits` (0..9) digits of the second's fraction; what is finer is cut, towards the
// past.
std::string format_iso8601(std::int64_t us, int digits = 3);

// Each returns nullopt for text that isn't wholly what it should be: a 13th month, a 30th of February, trailing text.
std::optional<std::int64_t> parse_date(std::string_view text);  // days; "2025-1-31" is accepted as well
std::optional<std::int64_t> parse_time(std::string_view text);  // us; "12:00", "12:00:00[.f]", up to "23:59:59.999999"

struct ParsedTimestamp {
  std::int64_t us = 0;  // in UTC if it has a zone, else the wall clock as it stands
  int ns = 0;           // 0..999, beyond the microsecond
  bool zoned = false;
};
// A date, or a date, 'T' or one space, and a time; then nothing, "Z", "UTC" or an offset "+01", "+01:00", "-0130", each
// with or without a space before. nullopt too if the moment doesn't fit into an int64.
std::optional<ParsedTimestamp> parse_timestamp(std::string_view text);

}  // namespace lakelet
