// Everything that people read beside the data: errors, warnings, summaries, progress. All of it goes to stderr.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "cli/terminal.h"
#include "lakelet/error.h"
#include "lakelet/events.h"

namespace lakelet::cli {

// Thread-safe: events come from any thread.
class Messages {
 public:
  explicit Messages(Terminal terminal) : terminal_(terminal) {}

  void set_quiet(bool quiet) { quiet_ = quiet; }  // errors only
  void set_progress(bool progress) { progress_ = progress; }

  // "error: ..." and, after a blank line, "hint: ...".
  void error(const Error& error);
  void error(const std::string& line, const std::string& hint);
  void summary(const std::string& line);
  void event(const Event& event);
  void begin_progress();  // of something new: its time counts from now
  void clear_progress();
  void end_progress();  // and none until something new begins

 private:
  void label(const char* colour, const char* name, const std::string& text);
  void print(const std::string& text);
  void erase_bar();
  void show_progress(const Event& event, std::chrono::milliseconds elapsed);

  Terminal terminal_;
  bool quiet_ = false;
  bool progress_ = true;
  std::mutex mutex_;
  bool bar_shown_ = false, ended_ = false;
  bool verb_ = false;  // one has told of its progress
  std::string rate_;   // as it was said last
  std::chrono::steady_clock::time_point drawn_{};
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// "merge ━━━━━━━━━━─────────  45%, 1.2 M rows/s, 12 s left", or without a bar where the share isn't known. `rate`: as
// the event says it; may be empty.
std::string progress_line(const std::string& operation, double fraction, const std::string& rate,
                          std::chrono::milliseconds elapsed);

}  // namespace lakelet::cli
