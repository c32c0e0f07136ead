// A line that a person types on the terminal, with history and completion. The only place that knows libedit.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lakelet::cli {

enum class LineEnd { Line, Interrupted, EndOfInput };

struct Completions {
  std::size_t start = 0;           // where the word begins that is completed
  std::vector<std::string> words;  // what may stand there instead
};

class LineEditor {
 public:
  // `history_file`: read now, and written with every remember(); empty: nothing is kept. `complete` is asked with what
  // stands before the cursor.
  LineEditor(std::string history_file, std::function<Completions(const std::string& before)> complete);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  // Ctrl-C is Interrupted, Ctrl-D on an empty line EndOfInput.
  LineEnd read(const std::string& prompt, std::string& line);
  // Entries may have several lines.
  void remember(const std::string& entry);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet::cli
