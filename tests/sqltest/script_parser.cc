#include <sstream>
#include <stdexcept>

#include "script.h"

namespace lakelet::sqltest {
namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

class Parser {
 public:
  Parser(std::string path, const std::string& text) : path_(std::move(path)) {
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      lines_.push_back(std::move(line));
    }
  }

  std::vector<Command> parse_block(bool inside_loop) {
    std::vector<Command> commands;
    while (next_ < lines_.size()) {
      const std::string& line = lines_[next_];
      if (line.empty() || line[0] == '#') {
        ++next_;
        continue;
      }
      auto words = words_of(line);
      if (words.empty()) {
        ++next_;
        continue;
      }
      if (words[0] == "endloop") {
        if (!inside_loop) fail("endloop without a loop");
        ++next_;
        return commands;
      }
      // skipif and onlyif guard the command that follows; we answer to the name duckdb.
      if (words[0] == "skipif" || words[0] == "onlyif") {
        const bool ours = words.size() > 1 && words[1] == "duckdb";
        ++next_;
        if (ours == (words[0] == "skipif")) {
          parse_command();
          continue;
        }
      }
      commands.push_back(parse_command());
    }
    if (inside_loop) fail("a loop has no endloop");
    return commands;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(path_ + ":" + std::to_string(next_ + 1) + ": " + what);
  }

  Command parse_command() {
    auto words = words_of(lines_[next_]);
    Command command;
    command.line = static_cast<int>(next_) + 1;
    const std::string name = words[0];
    command.arguments.assign(words.begin() + 1, words.end());
    ++next_;
    if (name == "statement") {
      parse_statement(command);
    } else if (name == "query") {
      parse_query(command);
    } else if (name == "loop" || name == "foreach" || name == "concurrentloop" || name == "concurrentforeach") {
      parse_loop(command, name);
    } else {
      command.kind = simple_kind(name);
    }
    return command;
  }

  CommandKind simple_kind(const std::string& name) {
    if (name == "require") return CommandKind::Require;
    if (name == "require-env") return CommandKind::RequireEnv;
    if (name == "test-env") return CommandKind::TestEnv;
    if (name == "mode") return CommandKind::Mode;
    if (name == "halt") return CommandKind::Halt;
    if (name == "sleep") return CommandKind::Sleep;
    if (name == "reconnect" || name == "restart") return CommandKind::Reconnect;
    if (name == "hash-threshold") return CommandKind::HashThreshold;
    --next_;
    fail("unknown command '" + name + "'");
  }

  void parse_statement(Command& command) {
    command.kind = CommandKind::Statement;
    if (command.arguments.empty()) fail("statement needs ok, error or maybe");
    const std::string& expectation = command.arguments[0];
    if (expectation == "ok") {
      command.expectation = Expectation::Ok;
    } else if (expectation == "error") {
      command.expectation = Expectation::Error;
    } else if (expectation == "maybe") {
      command.expectation = Expectation::Maybe;
    } else {
      fail("statement " + expectation + " isn't known");
    }
    if (command.arguments.size() > 1) command.connection = command.arguments[1];
    read_sql_and_expected(command);
  }

  void parse_query(Command& command) {
    command.kind = CommandKind::Query;
    if (command.arguments.empty()) fail("query needs the types of its columns");
    command.types = command.arguments[0];
    for (std::size_t i = 1; i < command.arguments.size(); ++i) {
      const std::string& word = command.arguments[i];
      if (word == "rowsort") {
        command.sort = SortMode::Rows;
      } else if (word == "valuesort") {
        command.sort = SortMode::Values;
      } else if (word == "nosort") {
        command.sort = SortMode::None;
      } else if (word.rfind("con", 0) == 0) {
        command.connection = word;
      } else {
        command.label = word;
      }
    }
    read_sql_and_expected(command);
  }

  void parse_loop(Command& command, const std::string& name) {
    command.kind = CommandKind::Loop;
    command.concurrent = name.rfind("concurrent", 0) == 0;
    if (command.arguments.empty()) fail(name + " needs a variable");
    command.variable = command.arguments[0];
    if (name == "foreach" || name == "concurrentforeach") {
      command.values.assign(command.arguments.begin() + 1, command.arguments.end());
    } else {
      if (command.arguments.size() != 3) fail(name + " needs a variable and two bounds");
      const long from = std::stol(command.arguments[1]);
      const long to = std::stol(command.arguments[2]);
      for (long i = from; i < to; ++i) command.values.push_back(std::to_string(i));
    }
    command.body = parse_block(true);
  }

  // The SQL goes up to an empty line or ----; the expected lines from there to an empty line.
  void read_sql_and_expected(Command& command) {
    while (next_ < lines_.size() && !lines_[next_].empty() && lines_[next_] != "----") {
      if (!command.sql.empty()) command.sql += '\n';
      command.sql += lines_[next_++];
    }
    if (command.sql.empty()) fail("there is no SQL here");
    if (next_ < lines_.size() && lines_[next_] == "----") {
      command.has_expected = true;
      ++next_;
      while (next_ < lines_.size() && !lines_[next_].empty()) command.expected.push_back(lines_[next_++]);
    }
  }

  std::string path_;
  std::vector<std::string> lines_;
  std::size_t next_ = 0;
};

}  // namespace

Script parse_script(const std::string& path, const std::string& text) {
  Parser parser(path, text);
  return {path, parser.parse_block(false)};
}

}  // namespace lakelet::sqltest
