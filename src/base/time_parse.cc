#include "base/time.h"

namespace lakelet {

namespace {

// Reads text from the left. Each function moves past what it took, or leaves the cursor and says no.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool digit_next() const { return !done() && text_[at_] >= '0' && text_[at_] <= '9'; }
  // `least` to `most` digits; the number of digits goes to `count` if asked for.
  std::optional<std::int64_t> number(int least, int most, int* count = nullptr) {
    std::int64_t value = 0;
    int taken = 0;
    while (taken < most && digit_next()) {
      value = value * 10 + (text_[at_++] - '0');
      ++taken;
    }
    if (taken < least) return std::nullopt;
    if (count) *count = taken;
    return value;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

int days_in_month(std::int64_t year, std::int64_t month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

std::optional<std::int64_t> take_date(Cursor& cursor) {
  const bool negative = cursor.take('-');
  if (!negative) cursor.take('+');
  const auto year_digits = cursor.number(4, 7);
  if (!year_digits || *year_digits > 5'900'000 || !cursor.take('-')) return std::nullopt;
  const std::int64_t year = negative ? -*year_digits : *year_digits;
  const auto month = cursor.number(1, 2);
  if (!month || *month < 1 || *month > 12 || !cursor.take('-')) return std::nullopt;
  const auto day = cursor.number(1, 2);
  if (!day || *day < 1 || *day > days_in_month(year, *month)) return std::nullopt;
  return days_from_civil({year, static_cast<int>(*month), static_cast<int>(*day)});
}

struct Clock {
  std::int64_t us = 0;
  int ns = 0;
};

// "12:00", "12:00:00", "12:00:00.123456789"
std::optional<Clock> take_clock(Cursor& cursor) {
  const auto hour = cursor.number(1, 2);
  if (!hour || *hour > 23 || !cursor.take(':')) return std::nullopt;
  const auto minute = cursor.number(2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t second = 0;
  std::int64_t fraction_ns = 0;
  if (cursor.take(':')) {
    const auto parsed = cursor.number(2, 2);
    if (!parsed || *parsed > 59) return std::nullopt;
    second = *parsed;
    if (cursor.take('.')) {
      int digits = 0;
      const auto fraction = cursor.number(1, 9, &digits);
      if (!fraction) return std::nullopt;
      fraction_ns = *fraction;
      for (; digits < 9; ++digits) fraction_ns *= 10;
    }
  }
  const std::int64_t seconds = (*hour * 60 + *minute) * 60 + second;
  return Clock{seconds * kMicrosPerSecond + fraction_ns / 1000, static_cast<int>(fraction_ns % 1000)};
}

// Seconds east of UTC; nullopt if what follows is neither an offset nor the end (`zoned` stays false at the end).
std::optional<std::int64_t> take_zone(Cursor& cursor, bool& zoned) {
  if (cursor.done()) return 0;
  cursor.take(' ');
  zoned = true;
  if (cursor.take('Z') || cursor.take('z') || cursor.take("UTC")) return 0;
  const bool west = cursor.take('-');
  if (!west && !cursor.take('+')) return std::nullopt;
  const auto hours = cursor.number(2, 2);
  if (!hours || *hours > 18) return std::nullopt;
  std::int64_t minutes = 0;
  if (cursor.take(':') || cursor.digit_next()) {
    const auto parsed = cursor.number(2, 2);
    if (!parsed || *parsed > 59) return std::nullopt;
    minutes = *parsed;
  }
  const std::int64_t seconds = (*hours * 60 + minutes) * 60;
  return west ? -seconds : seconds;
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
  Cursor cursor(text);
  const auto days = take_date(cursor);
  return cursor.done() ? days : std::nullopt;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  Cursor cursor(text);
  const auto clock = take_clock(cursor);
  if (!clock || !cursor.done()) return std::nullopt;
  return clock->us;
}

std::optional<ParsedTimestamp> parse_timestamp(std::string_view text) {
  Cursor cursor(text);
  const auto days = take_date(cursor);
  if (!days) return std::nullopt;
  ParsedTimestamp result;
  Clock clock;
  std::int64_t offset = 0;
  if (cursor.take('T') || cursor.take(' ')) {
    const auto taken = take_clock(cursor);
    if (!taken) return std::nullopt;
    clock = *taken;
    const auto zone = take_zone(cursor, result.zoned);
    if (!zone) return std::nullopt;
    offset = *zone;
  }
  if (!cursor.done()) return std::nullopt;
  std::int64_t us = 0;
  if (__builtin_mul_overflow(*days, kMicrosPerDay, &us) || __builtin_add_overflow(us, clock.us, &us) ||
      __builtin_sub_overflow(us, offset * kMicrosPerSecond, &us)) {
    return std::nullopt;
  }
  result.us = us;
  result.ns = clock.ns;
  return result;
}

}  // namespace lakelet
