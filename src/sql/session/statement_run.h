// Runs the statements of a session one by one: prepares what DuckDB can't know of lake tables, drives the execution,
// and turns errors into ours.
#pragma once

#include <chrono>
#include <duckdb.hpp>
#include <duckdb/parser/statement/alter_statement.hpp>
#include <duckdb/planner/logical_operator.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/rate.h"
#include "lakelet/alteration.h"
#include "sql/rules/insert_source.h"
#include "sql/session/connection_state.h"

namespace lakelet::sql {

// What a session and its open results share; the last of them closes the connection.
struct OpenConnection {
  std::shared_ptr<engine::Engine> engine;
  std::unique_ptr<duckdb::Connection> connection;
  duckdb::shared_ptr<ConnectionState> state;
};

// query_files.cc: see SqlSession::files_of.
std::vector<FileTask> planned_files(OpenConnection& open, const std::string& text, const Snapshot& snapshot);

using Parameters = std::vector<std::pair<std::string, std::string>>;

class StatementRun {
 public:
  explicit StatementRun(OpenConnection& open) : open_(open) {}

  // Throws Error(InvalidArgument) with the position for text that doesn't parse, or that has no statement.
  duckdb::vector<duckdb::unique_ptr<duckdb::SQLStatement>> parse(const std::string& text);
  // Runs one statement. `stream`: rows are pulled later; otherwise it has finished when this returns.
  duckdb::unique_ptr<duckdb::QueryResult> run(duckdb::unique_ptr<duckdb::SQLStatement> statement,
                                              const Parameters& parameters, bool stream);
  // A new table, within the transaction that is open.
  void create(const std::string& uri, const NewTable& table);
  // One alteration of the table by that name (SQL), within the transaction that is open.
  void alter(const std::string& table, const Alteration& change);
  // Runs a plan that no text stands for, to its end.
  void run_plan(duckdb::unique_ptr<duckdb::LogicalOperator> plan);
  void begin();
  void commit();
  // Leaves no transaction open; never throws.
  void roll_back() noexcept;

  std::uint64_t bytes_spilled() const { return bytes_spilled_; }

 private:
  duckdb::unique_ptr<duckdb::QueryResult> execute(duckdb::unique_ptr<duckdb::SQLStatement> statement,
                                                  ParameterValues& values, bool stream);
  // After what has to be looked at before: of statements that make rows or alter a table, in a transaction.
  duckdb::unique_ptr<duckdb::QueryResult> look_and_execute(duckdb::unique_ptr<duckdb::SQLStatement> statement,
                                                           ParameterValues& values);
  void drive(duckdb::PendingQueryResult& pending);
  void report(duckdb::ClientContext& context, const EventSink& events, const std::string& operation);
  void fit(duckdb::SQLStatement& statement, const ParameterValues& values);
  void require_whole_transaction();
  void look_at_rows(const duckdb::AlterStatement& statement);
  [[noreturn]] void raise(const duckdb::ErrorData& error);

  OpenConnection& open_;
  std::uint64_t bytes_spilled_ = 0;  // the most that lay in temporary files at once
  double reported_ = -1;
  std::chrono::steady_clock::time_point reported_at_{};
  Rate rate_{"rows"};
};

}  // namespace lakelet::sql
