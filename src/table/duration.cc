// "7 days", "36h", "168:00:00": how long something is kept.
#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

#include "lakelet/error.h"
#include "lakelet/maintenance.h"

namespace lakelet {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t us;
};
constexpr std::int64_t kSecond = 1'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr std::array<Unit, 22> kUnits = {{
    {"us", 1},
    {"ms", 1000},
    {"s", kSecond},
    {"sec", kSecond},
    {"second", kSecond},
    {"seconds", kSecond},
    {"m", kMinute},
    {"min", kMinute},
    {"minute", kMinute},
    {"minutes", kMinute},
    {"h", kHour},
    {"hour", kHour},
    {"hours", kHour},
    {"d", kDay},
    {"day", kDay},
    {"days", kDay},
    {"w", 7 * kDay},
    {"week", 7 * kDay},
    {"weeks", 7 * kDay},
    {"microseconds", 1},
    {"milliseconds", 1000},
    {"hrs", kHour},
}};

[[noreturn]] void throw_not_a_duration(const std::string& text) {
  throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' is no length of time", text),
              "for example 7 days, 36h, 90 minutes");
}

class DurationText {
 public:
  explicit DurationText(const std::string& text) : text_(text) {
    for (const char c : text) rest_ += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }

  std::int64_t parse() {
    std::int64_t total = 0;
    skip_space();
    if (at_ == rest_.size()) throw_not_a_duration(text_);
    while (at_ < rest_.size()) {
      const std::int64_t number = take_number();
      skip_space();
      total = sum(total, at_ < rest_.size() && rest_[at_] == ':' ? clock(number) : product(number, take_unit(number)));
      skip_space();
    }
    return total;
  }

 private:
  void skip_space() {
    while (at_ < rest_.size() && (rest_[at_] == ' ' || rest_[at_] == ',')) ++at_;
  }
  std::int64_t take_number() {
    std::int64_t number = 0;
    const char* end = rest_.data() + rest_.size();
    const auto parsed = std::from_chars(rest_.data() + at_, end, number);
    if (parsed.ec != std::errc() || number < 0) throw_not_a_duration(text_);
    at_ = static_cast<std::size_t>(parsed.ptr - rest_.data());
    return number;
  }
  std::int64_t take_unit(std::int64_t number) {
    const std::size_t begin = at_;
    while (at_ < rest_.size() && rest_[at_] >= 'a' && rest_[at_] <= 'z') ++at_;
    const std::string_view name = std::string_view(rest_).substr(begin, at_ - begin);
    for (const Unit& unit : kUnits) {
      if (unit.name == name) return unit.us;
    }
    if (name.empty() && number == 0 && at_ == rest_.size()) return 1;  // nothing is nothing in every unit
    throw_not_a_duration(text_);
  }
  // "168:00:00", as intervals are written; a fraction of a second is let go.
  std::int64_t clock(std::int64_t hours) {
    ++at_;
    const std::int64_t minutes = take_number();
    if (at_ == rest_.size() || rest_[at_++] != ':') throw_not_a_duration(text_);
    const std::int64_t seconds = take_number();
    if (at_ < rest_.size() && rest_[at_] == '.') {
      ++at_;
      take_number();
    }
    return sum(product(hours, kHour), sum(product(minutes, kMinute), product(seconds, kSecond)));
  }
  std::int64_t product(std::int64_t a, std::int64_t b) const {
    std::int64_t out = 0;
    if (__builtin_mul_overflow(a, b, &out)) throw_not_a_duration(text_);
    return out;
  }
  std::int64_t sum(std::int64_t a, std::int64_t b) const {
    std::int64_t out = 0;
    if (__builtin_add_overflow(a, b, &out)) throw_not_a_duration(text_);
    return out;
  }

  const std::string& text_;
  std::string rest_;
  std::size_t at_ = 0;
};

}  // namespace

std::chrono::microseconds parse_duration(const std::string& text) {
  return std::chrono::microseconds(DurationText(text).parse());
}

}  // namespace lakelet
