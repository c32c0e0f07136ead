// A test script in DuckDB's sqllogictest dialect, parsed: a tree of commands, nothing run.
// https://duckdb.org/docs/stable/dev/sqllogictest/overview describes the dialect.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace lakelet::sqltest {

enum class CommandKind {
  Statement,   // statement ok | error | maybe [connection]
  Query,       // query TYPES [sort mode] [label or connection]
  Loop,        // loop NAME FROM TO, foreach NAME VALUES...; concurrent or not
  Require,     // require NAME [argument]: the rest of the file is skipped where it isn't there
  RequireEnv,  // require-env NAME [value]
  TestEnv,     // test-env NAME default
  Mode,        // mode skip | unskip | output_hash | ...
  Halt,        // halt
  Sleep,       // sleep N unit
  Reconnect,   // a new connection in place of the default one; restart too
  HashThreshold,
};

enum class Expectation { Ok, Error, Maybe };
enum class SortMode { None, Rows, Values };

struct Command {
  CommandKind kind = CommandKind::Statement;
  int line = 0;
  std::vector<std::string> arguments;  // the words after the command's name
  std::string sql;
  bool has_expected = false;          // a ---- line was there
  std::vector<std::string> expected;  // the lines after it
  // Statement
  Expectation expectation = Expectation::Ok;
  std::string connection;
  // Query
  std::string types;  // one letter for each column
  SortMode sort = SortMode::None;
  std::string label;
  // Loop
  std::string variable;
  std::vector<std::string> values;
  bool concurrent = false;
  std::vector<Command> body;
};

struct Script {
  std::string path;
  std::vector<Command> commands;
};

// Throws std::runtime_error("path:line: what") for what isn't the dialect.
Script parse_script(const std::string& path, const std::string& text);

}  // namespace lakelet::sqltest
