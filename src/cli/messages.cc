#include "cli/messages.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace lakelet::cli {
namespace {

constexpr int kBarCells = 30;
// What is over sooner needs no bar.
constexpr std::chrono::milliseconds kPatience{300}, kBetweenDrawings{100};
constexpr const char* kRed = "\x1b[1;31m";
constexpr const char* kYellow = "\x1b[1;33m";
constexpr const char* kCyan = "\x1b[36m";
constexpr const char* kReset = "\x1b[0m";
constexpr const char* kEraseLine = "\r\x1b[K";

std::string repeat(const char* text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string time_left(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s left", std::max(seconds, 1.0));
  if (seconds < 5400) return fmt::format("{:.0f} min left", seconds / 60);
  return fmt::format("{:.1f} h left", seconds / 3600);
}

}  // namespace

std::string progress_line(const std::string& operation, double fraction, const std::string& rate,
                          std::chrono::milliseconds elapsed) {
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const std::string speed = rate.empty() ? rate : ", " + rate;
  if (fraction < 0) return fmt::format("{} … {:.0f} s{}", operation, seconds, speed);
  const double share = std::clamp(fraction, 0.0, 1.0);
  const int full = static_cast<int>(share * kBarCells);
  std::string line = fmt::format("{} {}{} {:3.0f}%{}", operation, repeat("━", full), repeat("─", kBarCells - full),
                                 share * 100, speed);
  // A guess from so little would jump about.
  if (seconds >= 1 && share >= 0.02 && share < 1) line += ", " + time_left(seconds * (1 - share) / share);
  return line;
}

void Messages::error(const Error& error) {
  this->error(error.what(), error.hint());
}

void Messages::error(const std::string& line, const std::string& hint) {
  const std::lock_guard lock(mutex_);
  erase_bar();
  label(kRed, "error", line);
  if (!hint.empty()) {
    print("\n");
    label(kCyan, "hint", hint);
  }
}

void Messages::summary(const std::string& line) {
  const std::lock_guard lock(mutex_);
  erase_bar();
  if (!quiet_) print(line + "\n");
}

void Messages::event(const Event& event) {
  const std::lock_guard lock(mutex_);
  if (quiet_) return;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start_);
  switch (event.kind) {
    case EventKind::Warning:
      erase_bar();
      label(kYellow, "warning", event.text);
      break;
    case EventKind::Note:
      erase_bar();
      label(kCyan, "note", event.text);
      break;
    case EventKind::Progress:
      if (!progress_ || ended_ || !terminal_.interactive || elapsed < kPatience) break;
      show_progress(event, elapsed);
      break;
    case EventKind::Stage:
      break;
  }
}

void Messages::show_progress(const Event& event, std::chrono::milliseconds elapsed) {
  // A verb's own queries are parts of it, of which it tells itself.
  const bool query = event.operation == "query";
  if (query && verb_) return;
  if (!query && !verb_) rate_.clear();
  verb_ = !query;
  if (!event.text.empty()) rate_ = event.text;
  const auto now = std::chrono::steady_clock::now();
  if (bar_shown_ && now - drawn_ < kBetweenDrawings) return;
  drawn_ = now;
  print(kEraseLine + progress_line(event.operation, event.fraction, rate_, elapsed));
  bar_shown_ = true;
}

void Messages::begin_progress() {
  const std::lock_guard lock(mutex_);
  rate_.clear();
  ended_ = verb_ = false;
  start_ = std::chrono::steady_clock::now();
}

void Messages::clear_progress() {
  const std::lock_guard lock(mutex_);
  erase_bar();
}

void Messages::end_progress() {
  const std::lock_guard lock(mutex_);
  erase_bar();
  ended_ = true;
}

void Messages::erase_bar() {
  if (bar_shown_) print(kEraseLine);
  bar_shown_ = false;
}

void Messages::label(const char* colour, const char* name, const std::string& text) {
  print(terminal_.colour ? fmt::format("{}{}:{} {}\n", colour, name, kReset, text)
                         : fmt::format("{}: {}\n", name, text));
}

void Messages::print(const std::string& text) {
  // Nothing can be said about a stderr that is gone.
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

}  // namespace lakelet::cli
