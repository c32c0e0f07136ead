#include "cli/shell/line_editor.h"

#include <histedit.h>
#include <sys/stat.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "cli/render/display_width.h"

namespace lakelet::cli {
namespace {

constexpr int kMostEntries = 2000;
constexpr std::size_t kMostShown = 60;

std::string common_beginning(const std::vector<std::string>& words) {
  std::string common = words.front();
  for (const std::string& word : words) {
    const auto end = std::mismatch(common.begin(), common.end(), word.begin(), word.end()).first;
    common.erase(end, common.end());
  }
  // Not within a character of several bytes: whatever differs in its tail differs in the whole of it.
  const auto continues = [&](std::size_t at) {
    return at < words.front().size() && (words.front()[at] & 0xc0) == 0x80;
  };
  while (!common.empty() && continues(common.size())) common.pop_back();
  return common;
}

}  // namespace

struct LineEditor::Impl {
  EditLine* editor = nullptr;
  History* history = nullptr;
  HistEvent event{};
  std::string file, prompt;
  std::function<Completions(const std::string&)> complete;
  bool interrupted = false;

  static Impl& of(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<Impl*>(self);
  }
  static char* show_prompt(EditLine* editor) { return of(editor).prompt.data(); }

  static unsigned char interrupt(EditLine* editor, int) {
    of(editor).interrupted = true;
    return CC_EOF;
  }

  static unsigned char complete_word(EditLine* editor, int) {
    Impl& self = of(editor);
    const LineInfo* line = el_line(editor);
    const std::string before(line->buffer, static_cast<std::size_t>(line->cursor - line->buffer));
    Completions found = self.complete(before);
    if (found.words.empty()) return CC_REFRESH_BEEP;
    const std::string typed = before.substr(found.start);
    const std::string common = found.words.size() == 1 ? found.words.front() : common_beginning(found.words);
    if (common.size() > typed.size() || (found.words.size() == 1 && common != typed)) {
      el_deletestr(editor, static_cast<int>(display_width(typed)));
      return el_insertstr(editor, common.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    }
    if (found.words.size() == 1) return CC_REFRESH_BEEP;
    std::string list = "\n";
    for (std::size_t i = 0; i < std::min(found.words.size(), kMostShown); ++i) list += found.words[i] + "  ";
    if (found.words.size() > kMostShown) list += "...";
    list += "\n";
    std::fputs(list.c_str(), stderr);
    return CC_REDISPLAY;
  }
};

LineEditor::LineEditor(std::string history_file, std::function<Completions(const std::string&)> complete)
    : impl_(std::make_unique<Impl>()) {
  std::setlocale(LC_CTYPE, "");
  impl_->file = std::move(history_file);
  impl_->complete = std::move(complete);
  impl_->editor = el_init("lakelet", stdin, stderr, stderr);
  impl_->history = history_init();
  history(impl_->history, &impl_->event, H_SETSIZE, kMostEntries);
  history(impl_->history, &impl_->event, H_SETUNIQUE, 1);
  EditLine* editor = impl_->editor;
  el_set(editor, EL_CLIENTDATA, impl_.get());
  el_set(editor, EL_PROMPT, &Impl::show_prompt);
  el_set(editor, EL_EDITOR, "emacs");
  el_set(editor, EL_SIGNAL, 0);
  el_set(editor, EL_HIST, history, impl_->history);
  // Ctrl-C is a key while a line is typed, and a signal while a query runs.
  el_set(editor, EL_SETTY, "-d", "-isig", nullptr);
  el_set(editor, EL_ADDFN, "lakelet-interrupt", "give the line up", &Impl::interrupt);
  el_set(editor, EL_ADDFN, "lakelet-complete", "complete the word", &Impl::complete_word);
  el_set(editor, EL_BIND, "^C", "lakelet-interrupt", nullptr);
  el_set(editor, EL_BIND, "\t", "lakelet-complete", nullptr);
  el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  for (const char* key : {"\\e[1~", "\\e[H", "\\eOH"}) el_set(editor, EL_BIND, key, "ed-move-to-beg", nullptr);
  for (const char* key : {"\\e[4~", "\\e[F", "\\eOF"}) el_set(editor, EL_BIND, key, "ed-move-to-end", nullptr);
  el_set(editor, EL_BIND, "\\e[3~", "ed-delete-next-char", nullptr);
  if (!impl_->file.empty()) history(impl_->history, &impl_->event, H_LOAD, impl_->file.c_str());
}

LineEditor::~LineEditor() {
  history_end(impl_->history);
  el_end(impl_->editor);
}

LineEnd LineEditor::read(const std::string& prompt, std::string& line) {
  impl_->prompt = prompt;
  impl_->interrupted = false;
  // The terminal is the editor's before the prompt shows: what is typed at the sight of it is a key, not a signal.
  el_set(impl_->editor, EL_PREP_TERM, 1);
  int count = 0;
  const char* got = el_gets(impl_->editor, &count);
  if (impl_->interrupted) {
    std::fputs("^C\n", stderr);
    el_reset(impl_->editor);
    return LineEnd::Interrupted;
  }
  if (!got || count <= 0) return LineEnd::EndOfInput;
  line.assign(got, static_cast<std::size_t>(count));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  return LineEnd::Line;
}

void LineEditor::remember(const std::string& entry) {
  std::string kept = entry;
  std::replace(kept.begin(), kept.end(), '\n', ' ');  // one line each, as arrow keys go through them
  history(impl_->history, &impl_->event, H_ENTER, kept.c_str());
  if (impl_->file.empty()) return;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(impl_->file).parent_path(), ignored);
  const mode_t old = ::umask(077);  // queries may have what isn't everybody's
  history(impl_->history, &impl_->event, H_SAVE, impl_->file.c_str());
  ::umask(old);
}

}  // namespace lakelet::cli
