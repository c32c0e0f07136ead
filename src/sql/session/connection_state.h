// What one connection knows of lake tables: open handles, names bound to it, and the statement that runs now. The
// catalog finds it through DuckDB's ClientContext.
#pragma once

#include <duckdb.hpp>
#include <duckdb/main/client_context_state.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/arrow_stream.h"
#include "lakelet/report.h"
#include "sql/catalog/open_tables.h"
#include "sql/procedure/procedure.h"
#include "sql/session/statement_facts.h"
#include "sql/sql_session.h"

namespace lakelet::sql {

struct NewRules;

// Used by one thread at a time: the one that binds, plans or commits the connection's statement.
class ConnectionState : public duckdb::ClientContextState {
 public:
  ConnectionState(std::shared_ptr<engine::Engine> engine, std::shared_ptr<const FormatRegistry> formats,
                  FormatContext context, std::shared_ptr<OpenTables> tables);

  // Null for a connection that isn't a session's.
  static duckdb::shared_ptr<ConnectionState> find(duckdb::ClientContext& context);
  static ConnectionState& of(duckdb::ClientContext& context);
  static constexpr const char* kName = "lakelet";

  // As OpenTables has them, by path or URI.
  OpenTable open(const std::string& uri);
  void forget(const std::string& uri);
  std::shared_ptr<const Snapshot> snapshot(const std::string& uri, const VersionSelector& selector);
  // Null where no table is.
  std::shared_ptr<const Snapshot> try_snapshot(const std::string& uri, const VersionSelector& selector);

  const FormatRegistry& formats() const { return *formats_; }
  const std::shared_ptr<const FormatRegistry>& shared_formats() const { return formats_; }
  const FormatContext& context() const { return context_; }
  engine::Engine& engine() const { return *engine_; }

  // Names that the session bound: keys in lower case.
  std::map<std::string, std::shared_ptr<const Snapshot>> snapshots;
  std::map<std::string, std::unique_ptr<engine::ArrowSource>> streams;

  std::shared_ptr<const ProcedureRegistry> procedures;  // null: none
  NameSources names;

  // From any thread. Once and for all: a statement that is about to start ends as well.
  const Cancellation& cancellation() const { return cancellation_; }
  void cancel() const { cancellation_.cancel(); }

  WriteOptions options;                       // of the statement that runs
  StatementFacts statement;                   // likewise
  std::shared_ptr<const NewRules> new_rules;  // of the CREATE TABLE that runs, taken out of it
  std::int64_t statement_number = 0;
  std::int64_t rows_checked_for = -1;  // the statement for which the rows that are there were looked at
  Report report;                       // what the transaction did, once it was committed
  std::optional<Error> failure;        // why the commit failed: DuckDB keeps only its text

 private:
  std::shared_ptr<engine::Engine> engine_;
  std::shared_ptr<const FormatRegistry> formats_;
  FormatContext context_;
  std::shared_ptr<OpenTables> tables_;
  Cancellation cancellation_;
};

}  // namespace lakelet::sql
