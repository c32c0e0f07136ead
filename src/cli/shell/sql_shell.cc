#include "cli/shell/sql_shell.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "cli/commands/schema_grid.h"
#include "cli/commands/statement.h"
#include "cli/shell/line_editor.h"
#include "cli/shell/sql_completion.h"

namespace lakelet::cli {
namespace {

constexpr const char* kHelp =
    "SQL ends with a semicolon, and may have several lines. 'path/to/table' is a table.\n"
    "  Tab        completes tables, columns, keywords and functions\n"
    "  Up, Ctrl-R what was typed before        Ctrl-C  gives a line up, or cancels a query        Ctrl-D  leaves\n"
    "  .tables            tables that have a name, and those of this folder\n"
    "  .schema TABLE      its columns\n"
    "  .history TABLE     its versions\n"
    "  .queries           saved queries\n"
    "  .mode FORMAT       how rows are shown: table, csv, json, jsonl, md\n"
    "  .timer on|off      how long statements take\n"
    "  .read FILE         runs a file\n"
    "  .help  .quit\n";

std::string history_file() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state && *state == '/') return std::string(state) + "/lakelet/history";
  return home && *home == '/' ? std::string(home) + "/.local/state/lakelet/history" : std::string();
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\n") - begin + 1);
}

std::vector<std::string> configured_names(const Invocation& invocation) {
  std::vector<std::string> names;
  if (invocation.configuration().configuration_file.empty()) return names;
  for (const ConfiguredTable& table : invocation.configuration_file().contents().tables) names.push_back(table.name);
  return names;
}

class Shell {
 public:
  Shell(Invocation& invocation, const SqlParameters& parameters)
      : invocation_(invocation),
        parameters_(parameters),
        folder_(std::filesystem::current_path().string()),
        completion_(invocation.session(), configured_names(invocation), folder_),
        editor_(history_file(), [this](const std::string& line) { return complete(line); }) {}

  void run() {
    invocation_.messages().summary("lakelet: SQL ends with a semicolon; .help says more, .quit leaves");
    while (!left_) {
      std::string line;
      const LineEnd end = editor_.read(statement_.empty() ? "lakelet> " : "    ...> ", line);
      if (end == LineEnd::EndOfInput) break;
      if (end == LineEnd::Interrupted) {
        statement_.clear();
      } else {
        take(line);
      }
    }
    if (!left_) invocation_.messages().summary("");
  }

 private:
  using Words = std::vector<std::string>;

  Completions complete(const std::string& line) {
    if (!statement_.empty() || !line.starts_with('.')) return completion_.complete(statement_ + line, line);
    Completions found;
    for (const char* command :
         {".help", ".history", ".mode", ".queries", ".quit", ".read", ".schema", ".tables", ".timer"}) {
      if (std::string(command).starts_with(line)) found.words.emplace_back(command);
    }
    return found;
  }

  void take(const std::string& line) {
    if (statement_.empty() && trimmed(line).empty()) return;
    if (statement_.empty() && line.starts_with('.')) {
      editor_.remember(line);
      guarded([&] { command(line); });
      return;
    }
    statement_ += line + "\n";
    if (!is_complete_sql(statement_)) return;
    const std::string whole = trimmed(statement_);
    statement_.clear();
    editor_.remember(whole);
    guarded([&] { execute(whole); });
  }

  void execute(const std::string& text) {
    const auto start = std::chrono::steady_clock::now();
    run_statement(invocation_, text, parameters_);
    if (!timer_) return;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    invocation_.messages().summary(fmt::format("{:.3f} s", seconds));
  }

  template <typename Work>
  void guarded(const Work& work) {
    invocation_.messages().begin_progress();
    try {
      work();
    } catch (const Error& error) {
      error.code() == ErrorCode::Cancelled ? invocation_.messages().error("cancelled", "")
                                           : invocation_.messages().error(error);
    } catch (const OutputClosed&) {
      left_ = true;
    }
    invocation_.messages().clear_progress();
  }

  void command(const std::string& line) {
    std::istringstream stream(line);
    const Words words{std::istream_iterator<std::string>(stream), std::istream_iterator<std::string>()};
    const std::string& name = words.front();
    const std::string argument = words.size() > 1 ? trimmed(line.substr(name.size())) : "";
    if (name == ".quit" || name == ".exit") {
      left_ = true;
    } else if (name == ".help") {
      invocation_.show_text(kHelp);
    } else if (name == ".tables") {
      show_tables();
    } else if (name == ".queries") {
      show_queries();
    } else if (name == ".mode") {
      invocation_.set_format(argument);
    } else if (name == ".timer") {
      timer_ = argument != "off";
    } else if (argument.empty()) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("{}: no such command, or it needs a word behind it", name),
                  ".help lists them");
    } else if (name == ".schema") {
      show_schema(argument);
    } else if (name == ".history") {
      show_history(argument);
    } else if (name == ".read") {
      std::ifstream file(argument, std::ios::binary);
      if (!file) throw Error(ErrorCode::NotFound, fmt::format("there is no file {}", argument));
      execute({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
    } else {
      throw Error(ErrorCode::InvalidArgument, fmt::format("there is no command {}", name), ".help lists them");
    }
  }

  void show_tables() {
    Grid grid({{"table"}, {"uri"}});
    if (!invocation_.configuration().configuration_file.empty()) {
      for (const auto& table : invocation_.configuration_file().contents().tables) grid.add({table.name, table.uri});
    }
    for (const TableName& table : invocation_.session().tables(folder_)) {
      grid.add({"'" + (table.uri.starts_with(folder_ + "/") ? table.uri.substr(folder_.size() + 1) : table.uri) + "'",
                table.uri});
    }
    invocation_.show(grid);
  }

  void show_queries() {
    Grid grid({{"query"}, {"title"}});
    for (const SavedQuery& query : invocation_.configuration_file().queries()) grid.add({query.name, query.title});
    invocation_.show(grid);
  }

  static std::string unquoted(const std::string& name) {
    const bool quoted = name.size() > 1 && (name.front() == '\'' || name.front() == '"') && name.back() == name.front();
    return quoted ? name.substr(1, name.size() - 2) : name;
  }

  void show_schema(const std::string& table) {
    Grid grid = schema_grid(invocation_.session().open(unquoted(table)), invocation_.messages());
    invocation_.show(grid);
  }

  void show_history(const std::string& table) {
    Grid grid({{"version", true}, {"timestamp"}, {"operation"}, {"engine"}});
    for (const HistoryEntry& entry : invocation_.session().open(unquoted(table)).history(20)) {
      grid.add({entry.version, Cell::timestamp(entry.timestamp_us), entry.operation, entry.engine});
    }
    invocation_.show(grid);
  }

  Invocation& invocation_;
  const SqlParameters& parameters_;
  const std::string folder_;
  std::string statement_;
  bool left_ = false, timer_ = false;
  SqlCompletion completion_;
  LineEditor editor_;
};

}  // namespace

void run_sql_shell(Invocation& invocation, const SqlParameters& parameters) {
  invocation.stay_when_interrupted();
  Shell(invocation, parameters).run();
}

}  // namespace lakelet::cli
