#include "runner.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/uuid.h"
#include "engine/arrow_batches.h"

namespace lakelet::sqltest {

// Ends a script: halted, skipped or failed.
struct Runner::Stop {
  Verdict verdict;
  std::string detail;
};

namespace {

// What the embedded engine brings along, of the names that scripts require.
const std::set<std::string>& available() {
  static const std::set<std::string> kNames = {"parquet",
                                               "json",
                                               "icu",
                                               "core_functions",
                                               "skip_reload",
                                               "64bit",
                                               "noforcestorage",
                                               "no_extension_autoloading",
                                               "no_alternative_verify",
                                               "lakelet",
                                               "longdouble",
                                               "notwindows",
                                               "notmusl"};
  return kNames;
}

// The text of a value as the dialect spells it.
std::string spelled(std::string_view text) {
  if (text.empty()) return "(empty)";
  std::string shown;
  for (char c : text) {
    if (c == '\0') {
      shown += "\\0";
    } else {
      shown += c;
    }
  }
  return shown;
}

// One text column of a batch: Arrow's utf8 or large_utf8.
std::vector<std::string> read_texts(const ArrowArray& column, bool large, std::int64_t rows) {
  const auto* valid = static_cast<const std::uint8_t*>(column.buffers[0]);
  const auto* bytes = static_cast<const char*>(column.buffers[2]);
  std::vector<std::string> texts;
  for (std::int64_t i = column.offset; i < column.offset + rows; ++i) {
    if (valid && !(valid[i / 8] >> (i % 8) & 1)) {
      texts.emplace_back("NULL");
      continue;
    }
    std::int64_t from = 0;
    std::int64_t to = 0;
    if (large) {
      from = static_cast<const std::int64_t*>(column.buffers[1])[i];
      to = static_cast<const std::int64_t*>(column.buffers[1])[i + 1];
    } else {
      from = static_cast<const std::int32_t*>(column.buffers[1])[i];
      to = static_cast<const std::int32_t*>(column.buffers[1])[i + 1];
    }
    texts.push_back(spelled(std::string_view(bytes + from, static_cast<std::size_t>(to - from))));
  }
  return texts;
}

// Has the engine itself turn each value into text, in a session that sees nothing else.
ResultText text_of(sql::Rows rows, sql::SqlSession& renderer) {
  ResultText text;
  text.columns = rows.schema.size();
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < text.columns; ++i) {
    const bool boolean = rows.schema[i].type.kind() == TypeKind::Boolean;
    if (i > 0) {
      names += ", ";
      values += ", ";
    }
    fmt::format_to(std::back_inserter(names), "c{}", i);
    fmt::format_to(std::back_inserter(values), "c{}{}::varchar", i, boolean ? "::integer" : "");
  }
  renderer.bind_stream("result_rows", std::move(rows.stream));
  sql::Rows texts = renderer.query(fmt::format("select {} from result_rows as t({})", values, names));
  OwnedArrowSchema schema = engine::stream_schema(*texts.stream.get());
  const bool large = std::string_view(schema->children[0]->format) == "U";
  for (OwnedArrowArray batch = engine::next_batch(*texts.stream.get()); batch;
       batch = engine::next_batch(*texts.stream.get())) {
    std::vector<std::vector<std::string>> columns;
    for (std::size_t c = 0; c < text.columns; ++c) {
      columns.push_back(read_texts(*batch->children[c], large, batch->length));
    }
    for (std::int64_t r = 0; r < batch->length; ++r) {
      for (auto& column : columns) text.values.push_back(std::move(column[static_cast<std::size_t>(r)]));
    }
  }
  return text;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

void drain(sql::Rows& rows) {
  while (engine::next_batch(*rows.stream.get())) {
  }
}

}  // namespace

Runner::Runner(const Config& config, SessionFactory new_session, std::string test_folder)
    : config_(config), new_session_(std::move(new_session)), test_folder_(std::move(test_folder)) {}

Outcome Runner::run(const Script& script) {
  path_ = script.path;
  for (const auto& [name, reason] : config_.skip) {
    if (path_.size() >= name.size() && path_.compare(path_.size() - name.size(), name.size(), name) == 0) {
      return {Verdict::Skipped, reason};
    }
  }
  environment_ = config_.environment;
  try {
    run_block(script.commands, Frame{});
  } catch (const Stop& stop) {
    sessions_.clear();
    return {stop.verdict, stop.detail};
  } catch (const std::exception& error) {
    sessions_.clear();
    return {Verdict::Failed, path_ + ": " + error.what()};
  }
  sessions_.clear();
  return {};
}

void Runner::run_block(const std::vector<Command>& commands, const Frame& frame) {
  for (const auto& command : commands) {
    if (command.kind == CommandKind::Mode) {
      if (!command.arguments.empty() && command.arguments[0] == "skip") skipping_ = true;
      if (!command.arguments.empty() && command.arguments[0] == "unskip") skipping_ = false;
      continue;
    }
    if (!skipping_) run_command(command, frame);
  }
}

void Runner::run_command(const Command& command, const Frame& frame) {
  switch (command.kind) {
    case CommandKind::Statement:
      return run_statement(command, frame);
    case CommandKind::Query:
      return run_query(command, frame);
    case CommandKind::Loop:
      return run_loop(command, frame);
    case CommandKind::Require:
      return require(command);
    case CommandKind::RequireEnv:
      if (command.arguments.empty()) fail(command, "require-env needs a name");
      if (!environment_.contains(command.arguments[0])) {
        throw Stop{Verdict::Skipped, "require-env " + command.arguments[0]};
      }
      return;
    case CommandKind::TestEnv: {
      if (command.arguments.size() < 2) fail(command, "test-env needs a name and a default");
      environment_.try_emplace(command.arguments[0], expand(command.arguments[1], frame));
      return;
    }
    case CommandKind::Halt:
      throw Stop{Verdict::Passed, ""};
    case CommandKind::Sleep: {
      if (command.arguments.size() < 2) fail(command, "sleep needs a number and a unit");
      const long number = std::stol(command.arguments[0]);
      const bool seconds = command.arguments[1].rfind("s", 0) == 0;
      std::this_thread::sleep_for(std::chrono::milliseconds(seconds ? number * 1000 : number));
      return;
    }
    case CommandKind::Reconnect: {
      std::lock_guard lock(mutex_);
      sessions_.clear();
      return;
    }
    case CommandKind::Mode:
    case CommandKind::HashThreshold:
      return;
  }
}

void Runner::run_statement(const Command& command, const Frame& frame) {
  const std::string sql = expand(command.sql, frame);
  auto& on = session(command.connection.empty() ? frame.connection : command.connection);
  std::string error;
  try {
    sql::Rows rows = on.query(sql);
    drain(rows);
  } catch (const Error& thrown) {
    error = thrown.what();
    if (!thrown.hint().empty()) error += "\n" + thrown.hint();
  }
  if (command.expectation == Expectation::Ok && !error.empty()) fail(command, sql + "\nfailed: " + error);
  if (command.expectation != Expectation::Error) return;
  if (error.empty()) fail(command, sql + "\nsucceeded, an error was expected");
  auto expected = command.expected;
  for (auto& line : expected) line = expand(line, frame);
  if (!matches_error(expected, error)) {
    fail(command, sql + "\nfailed as it should, but not with the expected text: " + error);
  }
}

void Runner::run_query(const Command& command, const Frame& frame) {
  const std::string sql = expand(command.sql, frame);
  auto& on = session(command.connection.empty() ? frame.connection : command.connection);
  ResultText text;
  try {
    text = text_of(on.query(sql), *new_session_());
  } catch (const Error& error) {
    fail(command, sql + "\nfailed: " + error.what());
  }
  if (command.has_expected || command.label.empty()) {
    Command expanded = command;
    for (auto& line : expanded.expected) line = expand(line, frame);
    const std::string difference = check_result(expanded, text);
    if (!difference.empty()) fail(command, sql + "\n" + difference);
  }
  if (!command.label.empty()) {
    const std::string hash = hash_of(text.values);
    std::lock_guard lock(mutex_);
    const auto [at, first] = labels_.try_emplace(command.label, hash);
    if (!first && at->second != hash)
      fail(command, sql + "\ngave another result than the first query labelled " + command.label);
  }
}

void Runner::run_loop(const Command& command, const Frame& frame) {
  if (!command.concurrent) {
    for (const auto& value : command.values) {
      Frame inner = frame;
      inner.variables[command.variable] = expand(value, frame);
      run_block(command.body, inner);
    }
    return;
  }
  std::vector<std::thread> threads;
  std::mutex failed_mutex;
  std::unique_ptr<Stop> failed;
  for (const auto& value : command.values) {
    Frame inner = frame;
    inner.variables[command.variable] = expand(value, frame);
    inner.connection = "concurrent-" + value;
    threads.emplace_back([this, &command, inner, &failed, &failed_mutex] {
      try {
        for (const auto& step : command.body) run_command(step, inner);
      } catch (const Stop& stop) {
        std::lock_guard lock(failed_mutex);
        failed = std::make_unique<Stop>(stop);
      } catch (const std::exception& error) {
        std::lock_guard lock(failed_mutex);
        failed = std::make_unique<Stop>(Stop{Verdict::Failed, error.what()});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  if (failed) throw Stop(*failed);
}

void Runner::require(const Command& command) {
  if (command.arguments.empty()) fail(command, "require needs a name");
  const std::string& name = command.arguments[0];
  if (name == "vector_size") {
    if (command.arguments.size() > 1 && std::stoul(command.arguments[1]) <= 2048) return;
  } else if (available().contains(name)) {
    return;
  }
  throw Stop{Verdict::Skipped, "require " + name};
}

sql::SqlSession& Runner::session(const std::string& name) {
  std::lock_guard lock(mutex_);
  auto& session = sessions_[name];
  if (!session) {
    session = new_session_();
    for (const auto& statement : config_.init) {
      sql::Rows rows = session->query(statement);
      drain(rows);
    }
  }
  return *session;
}

std::string Runner::expand(std::string text, const Frame& frame) const {
  for (const auto& [name, value] : frame.variables) replace_all(text, "${" + name + "}", value);
  for (const auto& [name, value] : frame.variables) replace_all(text, "{" + name + "}", value);
  for (const auto& [name, value] : environment_) {
    replace_all(text, "${" + name + "}", value);
    replace_all(text, "{" + name + "}", value);
  }
  replace_all(text, "{TEST_DIR}", test_folder_);
  replace_all(text, "__TEST_DIR__", test_folder_);
  replace_all(text, "{FORMAT}", config_.format);
  replace_all(text, "{WORKING_DIRECTORY}", std::filesystem::current_path().string());
  while (text.find("{UUID}") != std::string::npos) text.replace(text.find("{UUID}"), 6, make_uuid_text());
  return text;
}

void Runner::fail(const Command& command, const std::string& what) const {
  throw Stop{Verdict::Failed, path_ + ":" + std::to_string(command.line) + ": " + what};
}

}  // namespace lakelet::sqltest
