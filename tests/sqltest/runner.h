// Runs a script against a lake of one configuration.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "result_check.h"
#include "script.h"
#include "sql/sql_session.h"

namespace lakelet::sqltest {

// tests/script/configs/*.json: what the scripts run on.
struct Config {
  std::string name;
  std::string format;       // of CREATE TABLE without WITH (format = ...)
  std::string test_folder;  // {TEST_DIR}: a path or URI prefix; empty: a new temporary folder
  std::map<std::string, std::string> environment;
  std::vector<std::string> init;            // SQL for every connection
  std::map<std::string, std::string> skip;  // script (relative path) -> written reason
};
Config read_config(const std::string& path);

enum class Verdict { Passed, Failed, Skipped };
struct Outcome {
  Verdict verdict = Verdict::Passed;
  std::string detail;  // of a failure or a skip: where and why
};

// Makes a new session on the configuration's stores and formats.
using SessionFactory = std::function<std::unique_ptr<sql::SqlSession>()>;

class Runner {
 public:
  Runner(const Config& config, SessionFactory new_session, std::string test_folder);
  Outcome run(const Script& script);

 private:
  struct Frame {
    std::map<std::string, std::string> variables;  // loop variables
    std::string connection;                        // the default of a concurrent loop's thread
  };
  struct Stop;

  void run_block(const std::vector<Command>& commands, const Frame& frame);
  void run_command(const Command& command, const Frame& frame);
  void run_statement(const Command& command, const Frame& frame);
  void run_query(const Command& command, const Frame& frame);
  void run_loop(const Command& command, const Frame& frame);
  void require(const Command& command);
  sql::SqlSession& session(const std::string& name);
  std::string expand(std::string text, const Frame& frame) const;
  [[noreturn]] void fail(const Command& command, const std::string& what) const;

  const Config& config_;
  SessionFactory new_session_;
  std::string test_folder_;
  std::string path_;
  std::map<std::string, std::string> environment_;
  std::map<std::string, std::string> labels_;  // label -> hash of the first result under it
  std::mutex mutex_;                           // of sessions_ and labels_
  std::map<std::string, std::unique_ptr<sql::SqlSession>> sessions_;
  bool skipping_ = false;
};

}  // namespace lakelet::sqltest
