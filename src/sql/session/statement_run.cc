#include "sql/session/statement_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <duckdb/catalog/catalog_search_path.hpp>
#include <duckdb/main/client_data.hpp>
#include <duckdb/main/pending_query_result.hpp>
#include <duckdb/main/prepared_statement_data.hpp>
#include <duckdb/main/valid_checker.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/statement/execute_statement.hpp>
#include <duckdb/parser/statement/logical_plan_statement.hpp>
#include <duckdb/parser/statement/transaction_statement.hpp>
#include <duckdb/planner/binder.hpp>
#include <duckdb/storage/buffer_manager.hpp>
#include <duckdb/transaction/meta_transaction.hpp>
#include <thread>

#include "engine/engine_error.h"
#include "sql/catalog/paths_catalog.h"
#include "sql/catalog/paths_table.h"
#include "sql/catalog/paths_transaction.h"
#include "sql/change/table_change.h"
#include "sql/ddl/alter_statement.h"
#include "sql/ddl/create_table.h"
#include "sql/rules/assignment_source.h"
#include "sql/rules/kept_rules.h"
#include "sql/rules/row_check.h"
#include "sql/session/lost_race.h"
#include "sql/session/new_table_statement.h"
#include "sql/session/repeatable_source.h"
#include "sql/session/statement_limits.h"
#include "sql/session/statement_text.h"
#include "sql/session/written_rows.h"

namespace lakelet::sql {
namespace {

// After USE and SET search_path a quoted path is a table all the same.
void keep_paths(duckdb::ClientContext& context) {
  auto& search_path = *duckdb::ClientData::Get(context).catalog_search_path;
  auto entries = search_path.GetSetPaths();
  for (const auto& entry : entries) {
    if (entry.catalog == kPathsCatalog) return;
  }
  entries.emplace_back(kPathsCatalog, kPathsSchema);
  context.RunFunctionInTransaction([&] { search_path.Set(entries, duckdb::CatalogSetPathType::SET_SCHEMAS); });
}

ParameterValues values_for(const duckdb::SQLStatement& statement, const Parameters& parameters) {
  ParameterValues values;
  for (const auto& [name, text] : parameters) {
    if (statement.named_param_map.contains(name)) values.emplace(name, duckdb::BoundParameterData(duckdb::Value(text)));
  }
  for (const auto& [name, index] : statement.named_param_map) {
    if (!values.contains(name)) throw Error(ErrorCode::InvalidArgument, "the statement needs a value for $" + name);
  }
  return values;
}

// Those that stand in the text of an EXECUTE.
ParameterValues given_values(const duckdb::ExecuteStatement& execute) {
  ParameterValues values;
  for (const auto& [name, value] : execute.named_values) {
    if (value->GetExpressionClass() != duckdb::ExpressionClass::CONSTANT) continue;
    values.emplace(name, duckdb::BoundParameterData(value->Cast<duckdb::ConstantExpression>().value));
  }
  return values;
}

bool commits(const duckdb::SQLStatement& statement) {
  return statement.type == duckdb::StatementType::TRANSACTION_STATEMENT &&
         statement.Cast<duckdb::TransactionStatement>().info->type == duckdb::TransactionType::COMMIT;
}

// The name of a table that DuckDB looked for and didn't find; empty for any other error.
std::string missing_table(const duckdb::ErrorData& error) {
  const auto& info = error.ExtraInfo();
  const auto subtype = info.find("error_subtype");
  const auto type = info.find("type");
  const auto name = info.find("name");
  if (subtype == info.end() || subtype->second != "MISSING_ENTRY" || name == info.end()) return {};
  return type != info.end() && type->second == "Table" ? name->second : std::string();
}

}  // namespace

duckdb::vector<duckdb::unique_ptr<duckdb::SQLStatement>> StatementRun::parse(const std::string& text) {
  auto statements = engine::on_engine([&] { return open_.connection->ExtractStatements(rewritten_text(text)); });
  if (statements.empty()) throw Error(ErrorCode::InvalidArgument, "there is no statement in the text");
  return statements;
}

void StatementRun::raise(const duckdb::ErrorData& error) {
  if (open_.state->failure) {
    const Error failure = *std::exchange(open_.state->failure, std::nullopt);
    throw failure;
  }
  const std::string missing = missing_table(error);
  if (looks_like_path(missing)) open_.state->open(missing);  // throws: what is there instead
  Error plain = engine::to_error(error);
  // The nearest name that DuckDB knows of is one of its own system's.
  if (!missing.empty() && plain.hint().starts_with("Did you mean \"pg_")) {
    plain.set_hint(
        "neither a table of the session nor a lake table at that path, from the working folder, is called so");
  }
  throw plain;
}

namespace {

constexpr std::chrono::milliseconds kBetweenReports{50};
constexpr std::uint64_t kRowsWorthARate = 100'000;

// How long this thread waits for something to do while the others work. DuckDB's own wait returns at once then, and a
// thread that asks again and again costs as much as one that works.
class Idleness {
 public:
  void wait() {
    std::this_thread::sleep_for(next_);
    next_ = std::min(2 * next_, kLongest);
  }
  void end() { next_ = kShortest; }

 private:
  static constexpr std::chrono::microseconds kShortest{20}, kLongest{1000};
  std::chrono::microseconds next_ = kShortest;
};

}  // namespace

void StatementRun::drive(duckdb::PendingQueryResult& pending) {
  auto& state = *open_.state;
  auto& context = *open_.connection->context;
  auto& buffers = duckdb::BufferManager::GetBufferManager(context);
  Idleness idleness;
  while (true) {
    // Asked each time: DuckDB forgets an interruption when a statement starts.
    if (state.cancellation().cancelled() || state.options.commit.cancellation.cancelled()) {
      open_.connection->Interrupt();
    }
    const auto result = pending.ExecuteTask();
    bytes_spilled_ = std::max<std::uint64_t>(bytes_spilled_, buffers.GetUsedSwap());
    if (duckdb::PendingQueryResult::IsResultReady(result) ||
        result == duckdb::PendingExecutionResult::EXECUTION_ERROR) {
      return;
    }
    if (result == duckdb::PendingExecutionResult::NO_TASKS_AVAILABLE) {
      idleness.wait();
    } else {
      idleness.end();
    }
    if (result == duckdb::PendingExecutionResult::BLOCKED) pending.WaitForTask();
    if (state.options.commit.events) {
      report(context, state.options.commit.events, {});
    } else if (state.context().events) {
      report(context, state.context().events, "query");
    }
  }
}

// Often enough for somebody who watches, seldom enough to cost nothing.
void StatementRun::report(duckdb::ClientContext& context, const EventSink& events, const std::string& operation) {
  const auto now = std::chrono::steady_clock::now();
  if (now - reported_at_ < kBetweenReports) return;
  reported_at_ = now;
  duckdb::QueryProgress progress = context.GetQueryProgress();
  const double done = progress.GetPercentage() / 100;
  if (done < reported_ || done < 0) return;
  reported_ = done;
  // What is read is DuckDB's reckoning. It knows nothing of what is in a csv file, and takes it for a few rows.
  const std::int64_t written = WrittenRows::of(context);
  const bool known = progress.GetTotalRowsToProcess() >= kRowsWorthARate;
  const auto read = known ? static_cast<std::int64_t>(progress.GetRowsProcesseed()) : 0;
  events({EventKind::Progress, operation, rate_.add(written > 0 ? written : read, now), done});
}

duckdb::unique_ptr<duckdb::QueryResult> StatementRun::execute(duckdb::unique_ptr<duckdb::SQLStatement> statement,
                                                              ParameterValues& values, bool stream) {
  duckdb::QueryParameters how(stream ? duckdb::QueryResultOutputType::ALLOW_STREAMING
                                     : duckdb::QueryResultOutputType::FORCE_MATERIALIZED);
  auto pending = open_.connection->context->PendingQuery(std::move(statement), values, how);
  if (pending->HasError()) raise(pending->GetErrorObject());
  WrittenRows::of(*open_.connection->context) = 0;
  drive(*pending);
  if (pending->HasError()) raise(pending->GetErrorObject());
  auto result = pending->Execute();
  if (result->HasError()) raise(result->GetErrorObject());
  return result;
}

namespace {

// What an EXECUTE stands for.
duckdb::SQLStatement* prepared_statement(duckdb::ClientContext& context, const duckdb::ExecuteStatement& execute) {
  const auto& prepared = duckdb::ClientData::Get(context).prepared_statements;
  const auto found = prepared.find(execute.name);
  return found == prepared.end() ? nullptr : found->second->unbound_statement.get();
}

bool makes_rows(duckdb::ClientContext& context, const duckdb::SQLStatement& statement) {
  switch (statement.type) {
    case duckdb::StatementType::INSERT_STATEMENT:
    case duckdb::StatementType::UPDATE_STATEMENT:
    case duckdb::StatementType::MERGE_INTO_STATEMENT:
      return true;
    case duckdb::StatementType::EXECUTE_STATEMENT: {
      const auto* prepared = prepared_statement(context, statement.Cast<duckdb::ExecuteStatement>());
      return prepared && prepared->type != duckdb::StatementType::EXECUTE_STATEMENT && makes_rows(context, *prepared);
    }
    default:
      return false;
  }
}

void fit_rows(duckdb::ClientContext& context, duckdb::SQLStatement& statement, const ParameterValues& values) {
  switch (statement.type) {
    case duckdb::StatementType::INSERT_STATEMENT:
      return fit_insert(context, statement.Cast<duckdb::InsertStatement>(), values);
    case duckdb::StatementType::UPDATE_STATEMENT:
      return fit_update(context, statement.Cast<duckdb::UpdateStatement>(), values);
    case duckdb::StatementType::MERGE_INTO_STATEMENT:
      return fit_merge(context, statement.Cast<duckdb::MergeIntoStatement>(), values);
    case duckdb::StatementType::EXECUTE_STATEMENT: {
      // What was prepared is looked at with the values that it gets now; it stays as it is.
      const auto& execute = statement.Cast<duckdb::ExecuteStatement>();
      return fit_rows(context, *prepared_statement(context, execute)->Copy(), given_values(execute));
    }
    default:
      return;
  }
}

}  // namespace

void StatementRun::fit(duckdb::SQLStatement& statement, const ParameterValues& values) {
  auto& context = *open_.connection->context;
  engine::on_engine([&] {
    context.RunFunctionInTransaction([&] { engine::inside_engine([&] { fit_rows(context, statement, values); }); });
  });
  ++open_.state->statement_number;  // the tables that it looked at don't count as read by the statement
}

duckdb::unique_ptr<duckdb::QueryResult> StatementRun::run(duckdb::unique_ptr<duckdb::SQLStatement> statement,
                                                          const Parameters& parameters, bool stream) {
  open_.state->cancellation().check();
  open_.state->failure.reset();
  require_allowed(*statement, {open_.engine->confined(), open_.engine->read_only()});
  open_.state->statement = facts_of(*statement);
  if (statement->type == duckdb::StatementType::EXECUTE_STATEMENT) {
    const auto* prepared = prepared_statement(*open_.connection->context, statement->Cast<duckdb::ExecuteStatement>());
    open_.state->statement.call = prepared && prepared->type == duckdb::StatementType::CALL_STATEMENT;
  }
  ++open_.state->statement_number;
  reported_ = -1;
  if (commits(*statement)) require_whole_transaction();
  route_create(*statement);
  open_.state->new_rules = rules_of_new_table(*open_.connection->context, *statement);
  auto values = values_for(*statement, parameters);
  const bool makes = makes_rows(*open_.connection->context, *statement);
  const bool alters = statement->type == duckdb::StatementType::ALTER_STATEMENT;
  if (statement->type == duckdb::StatementType::SET_STATEMENT) {
    auto result = execute(std::move(statement), values, stream);
    keep_paths(*open_.connection->context);
    return result;
  }
  if (!makes && !alters) return execute(std::move(statement), values, stream);
  RepeatableSource::of(*open_.connection->context) = may_run_again(*statement);  // the plan may yet say so
  // What is looked at before has to hold when it runs: both in one transaction.
  if (!open_.connection->IsAutoCommit()) return look_and_execute(std::move(statement), values);
  LostRaces races(open_.state->options.commit);
  while (true) {
    auto again = copy_to_run_again(*statement);
    begin();
    try {
      auto result = look_and_execute(std::move(statement), values);
      commit();
      return result;
    } catch (const Error& error) {
      roll_back();
      if (!again || !RepeatableSource::of(*open_.connection->context) || !races.another_run(error)) throw;
      statement = std::move(again);
    } catch (...) {
      roll_back();
      throw;
    }
  }
}

duckdb::unique_ptr<duckdb::QueryResult> StatementRun::look_and_execute(
    duckdb::unique_ptr<duckdb::SQLStatement> statement, ParameterValues& values) {
  if (statement->type == duckdb::StatementType::ALTER_STATEMENT) {
    look_at_rows(statement->Cast<duckdb::AlterStatement>());
  } else {
    fit(*statement, values);
  }
  return execute(std::move(statement), values, false);
}

void StatementRun::run_plan(duckdb::unique_ptr<duckdb::LogicalOperator> plan) {
  open_.state->failure.reset();
  ++open_.state->statement_number;
  reported_ = -1;
  ParameterValues none;
  execute(duckdb::make_uniq<duckdb::LogicalPlanStatement>(std::move(plan)), none, false);
}

namespace {

// Null for a table that isn't a lake's.
PathsTable* lake_table(duckdb::ClientContext& context, const std::string& catalog, const std::string& schema,
                       const std::string& name) {
  auto entry = duckdb::Catalog::GetEntry(context, catalog, schema,
                                         duckdb::EntryLookupInfo(duckdb::CatalogType::TABLE_ENTRY, name),
                                         duckdb::OnEntryNotFound::RETURN_NULL);
  return dynamic_cast<PathsTable*>(entry.get());
}

std::string sql_name(const PathsTable& table) {
  return fmt::format("{}.{}.{}", quote_identifier(std::string(table.catalog.GetName())),
                     quote_identifier(std::string(table.schema.name)), quote_identifier(std::string(table.name)));
}

}  // namespace

void StatementRun::look_at_rows(const duckdb::AlterStatement& statement) {
  auto& context = *open_.connection->context;
  const auto& info = *statement.info;
  if (layout_change_of(info)) return;
  std::optional<RowCondition> condition;
  std::string table;
  engine::on_engine([&] {
    context.RunFunctionInTransaction([&] {
      engine::inside_engine([&] {
        auto* found = lake_table(context, info.catalog, info.schema, info.name);
        if (!found || new_table_name(info)) return;
        condition = condition_of(context, in_dialect(context, *found, alteration_of(info)), *found);
        table = sql_name(*found);
      });
    });
  });
  if (condition) require_rows(*open_.connection, table, *condition);
  open_.state->rows_checked_for = open_.state->statement_number;
}

void StatementRun::create(const std::string& uri, const NewTable& table) {
  auto& context = *open_.connection->context;
  ++open_.state->statement_number;
  open_.state->failure.reset();
  engine::on_engine([&] {
    context.RunFunctionInTransaction([&] {
      engine::inside_engine([&] {
        auto& catalog = duckdb::Catalog::GetCatalog(context, kPathsCatalog);
        auto& lake = PathsTransaction::get(context, catalog);
        const auto* there = table.replace ? lake_table(context, kPathsCatalog, kPathsSchema, uri) : nullptr;
        there ? lake.replace(*there, table) : lake.create(uri, table);
        require_rules(context, *lake_table(context, kPathsCatalog, kPathsSchema, uri));
      });
    });
  });
}

void StatementRun::alter(const std::string& table, const Alteration& change) {
  auto& context = *open_.connection->context;
  ++open_.state->statement_number;
  open_.state->failure.reset();
  const auto in_transaction = [&](const auto& work) {
    engine::on_engine([&] {
      context.RunFunctionInTransaction([&] {
        engine::inside_engine([&] {
          auto* found = lake_table(context, kPathsCatalog, kPathsSchema, table);
          if (!found) open_.state->open(table);  // throws: what is there instead
          work(*found);
        });
      });
    });
  };
  std::optional<RowCondition> condition;
  std::string name;
  in_transaction([&](PathsTable& found) {
    condition = condition_of(context, change, found);
    name = sql_name(found);
  });
  if (condition) require_rows(*open_.connection, name, *condition);
  in_transaction([&](PathsTable& found) { alter_table(context, found, change, true); });
}

void StatementRun::require_whole_transaction() {
  auto& connection = *open_.connection;
  if (!connection.HasActiveTransaction() ||
      !duckdb::ValidChecker::IsInvalidated(connection.context->ActiveTransaction())) {
    return;
  }
  roll_back();  // as DuckDB's COMMIT does here, which says nothing of it
  throw Error(ErrorCode::InvalidArgument, "a statement of this transaction failed: nothing of it was committed",
              "start again without that statement");
}

void StatementRun::begin() {
  engine::on_engine([&] { open_.connection->BeginTransaction(); });
}

void StatementRun::commit() {
  const auto result = open_.connection->Query("COMMIT");
  if (result->HasError()) raise(result->GetErrorObject());
}

void StatementRun::roll_back() noexcept {
  try {
    if (open_.connection->HasActiveTransaction()) open_.connection->Query("ROLLBACK");
  } catch (...) {  // nothing is left to roll back
  }
}

}  // namespace lakelet::sql
