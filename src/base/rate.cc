#include "base/rate.h"

#include <fmt/format.h>

namespace lakelet {
namespace {

constexpr std::chrono::milliseconds kBetweenMarks{10}, kLeast{500};
constexpr std::chrono::seconds kWindow{5};

// "950", "12.3 k", "1.2 M".
std::string short_number(double number) {
  if (number < 10) return fmt::format("{:.1f}", number);
  if (number < 1e3) return fmt::format("{:.0f}", number);
  if (number < 1e6) return fmt::format("{:.1f} k", number / 1e3);
  return number < 1e9 ? fmt::format("{:.1f} M", number / 1e6) : fmt::format("{:.1f} G", number / 1e9);
}

}  // namespace

std::string Rate::add(std::int64_t amount, Clock::time_point now) {
  if (!marks_.empty() && amount < marks_.back().amount) marks_.clear();
  if (marks_.empty() || now - marks_.back().at >= kBetweenMarks) marks_.push_back({now, amount});
  while (marks_.size() > 2 && now - marks_[1].at > kWindow) marks_.pop_front();
  const Mark& first = marks_.front();
  if (now - first.at < kLeast || amount <= first.amount) return {};
  const double seconds = std::chrono::duration<double>(now - first.at).count();
  return fmt::format("{} {}/s", short_number(static_cast<double>(amount - first.amount) / seconds), unit_);
}

}  // namespace lakelet
