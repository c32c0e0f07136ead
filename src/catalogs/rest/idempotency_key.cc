#include "catalogs/rest/idempotency_key.h"

#include <cstdint>

#include "base/uuid.h"

namespace lakelet::catalogs {

namespace {

constexpr double kSecond = 1'000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr double kLongest = 36'500 * kDay;

double length_of(char unit, bool of_time) {
  switch (unit) {
    case 'W':
      return of_time ? 0 : 7 * kDay;
    case 'D':
      return of_time ? 0 : kDay;
    case 'H':
      return of_time ? kHour : 0;
    case 'M':
      return of_time ? kMinute : 0;
    case 'S':
      return of_time ? kSecond : 0;
    default:
      return 0;
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The number at the front, which is taken off.
std::optional<double> take_number(std::string_view& text) {
  double number = 0, place = 0;
  std::size_t digits = 0;
  for (; !text.empty() && (is_digit(text.front()) || text.front() == '.' || text.front() == ',');
       text.remove_prefix(1)) {
    if (!is_digit(text.front())) {
      if (place > 0 || digits == 0) return std::nullopt;
      place = 1;
      continue;
    }
    ++digits;
    number = place > 0 ? number + (text.front() - '0') * (place /= 10) : number * 10 + (text.front() - '0');
  }
  return digits == 0 ? std::nullopt : std::optional(number);
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_iso_duration(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  double total = 0;
  bool of_time = false, any = false;
  while (!text.empty()) {
    if (text.front() == 'T' && !of_time) {
      of_time = true;
      text.remove_prefix(1);
      continue;
    }
    const auto number = take_number(text);
    if (!number || text.empty()) return std::nullopt;
    const double unit = length_of(text.front(), of_time);
    if (unit == 0) return std::nullopt;
    text.remove_prefix(1);
    total += *number * unit;
    any = true;
  }
  if (!any || !(total <= kLongest)) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(total));
}

IdempotencyKey idempotency_key(const std::string& wanted, std::chrono::milliseconds lifetime,
                               std::chrono::system_clock::time_point now) {
  const auto steady = std::chrono::steady_clock::now();
  if (const auto uuid = parse_uuid(wanted)) {
    const auto made = time_of(*uuid);
    if (made && *made <= now && now - *made < lifetime) {
      return {wanted,
              steady + std::chrono::duration_cast<std::chrono::steady_clock::duration>(lifetime - (now - *made))};
    }
  }
  return {format_uuid(make_uuid_v7(now)), steady + lifetime};
}

}  // namespace lakelet::catalogs
