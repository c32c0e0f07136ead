#include "sql/sql_session.h"

#include <algorithm>
#include <chrono>
#include <duckdb/catalog/catalog_search_path.hpp>
#include <duckdb/main/client_data.hpp>

#include "base/rate.h"
#include "engine/arrow_stream.h"
#include "engine/engine_error.h"
#include "engine/engine_impl.h"
#include "engine/type_mapping.h"
#include "sql/catalog/paths_catalog.h"
#include "sql/change/keys_first.h"
#include "sql/procedure/procedure_functions.h"
#include "sql/scan/metadata_aggregate.h"
#include "sql/scan/table_functions.h"
#include "sql/session/lost_race.h"
#include "sql/session/repeatable_source.h"
#include "sql/session/statement_run.h"

namespace lakelet::sql {

struct SqlSession::Impl {
  std::shared_ptr<OpenConnection> open = std::make_shared<OpenConnection>();
};

namespace {

// What the database needs once and a connection of its own.
void set_up(OpenConnection& open, const FormatRegistry& formats) {
  static std::mutex one_at_a_time;  // sessions of one engine may be made at once
  std::lock_guard lock(one_at_a_time);
  auto& connection = *open.connection;
  auto& context = *connection.context;
  PathsCatalog::attach(connection);
  register_scan_functions(*context.db, formats);
  register_metadata_functions(*context.db);
  register_metadata_aggregates(context);
  register_keys_first(context);
  if (open.state->procedures) register_procedures(*context.db, *open.state->procedures);
  context.registered_state->Insert(ConnectionState::kName, open.state);
  context.config.enable_progress_bar = true;
  context.config.print_progress_bar = false;
  context.config.wait_time = 0;
  const auto result =
      connection.Query(std::string("SET search_path = 'memory.main,") + kPathsCatalog + "." + kPathsSchema + "'");
  if (result->HasError()) throw engine::to_error(result->GetErrorObject());
}

class OptionsScope {
 public:
  OptionsScope(ConnectionState& state, const WriteOptions& options) : state_(state) { state_.options = options; }
  ~OptionsScope() { state_.options = WriteOptions{}; }

 private:
  ConnectionState& state_;
};

std::string doubled(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) quoted.append(c == quote ? 2 : 1, c);
  return quoted + quote;
}

}  // namespace

SqlSession::SqlSession(std::shared_ptr<engine::Engine> engine, std::shared_ptr<const FormatRegistry> formats,
                       FormatContext context, std::shared_ptr<OpenTables> tables,
                       std::shared_ptr<const ProcedureRegistry> procedures, NameSources names)
    : impl_(std::make_unique<Impl>()) {
  auto& open = *impl_->open;
  open.connection = engine->impl().connect();
  open.state = duckdb::make_shared_ptr<ConnectionState>(engine, formats, std::move(context), std::move(tables));
  open.state->procedures = std::move(procedures);
  open.state->names = std::move(names);
  open.engine = std::move(engine);
  engine::on_engine([&] { set_up(open, *formats); });
}

SqlSession::~SqlSession() = default;

namespace {

// Tells who listens how far the reading of a result is.
std::function<void(std::int64_t)> reading_progress(const std::shared_ptr<OpenConnection>& open) {
  if (!open->state->context().events) return {};
  struct Told {
    Rate rate{"rows"};
    Rate::Clock::time_point at{};
  };
  return [open, told = std::make_shared<Told>()](std::int64_t rows) {
    const auto now = Rate::Clock::now();
    if (now - told->at < std::chrono::milliseconds(50)) return;
    told->at = now;
    const double percent = open->connection->context->GetQueryProgress().GetPercentage();
    const std::string rate = told->rate.add(rows, now);
    open->state->context().events({EventKind::Progress, "query", rate, percent < 0 ? -1 : percent / 100});
  };
}

}  // namespace

Rows SqlSession::query(const std::string& text, const std::vector<std::pair<std::string, std::string>>& parameters) {
  StatementRun run(*impl_->open);
  auto statements = run.parse(text);
  duckdb::unique_ptr<duckdb::QueryResult> result;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    result = run.run(std::move(statements[i]), parameters, i + 1 == statements.size());
  }
  Rows rows;
  rows.schema = engine::from_engine_columns(result->names, result->types);
  rows.stream = engine::to_arrow_stream(std::move(result), impl_->open, {}, 32 * STANDARD_VECTOR_SIZE,
                                        reading_progress(impl_->open));
  return rows;
}

namespace {

// One transaction, whose report it returns.
template <typename Work>
Report run_transaction(OpenConnection& open, const WriteOptions& options, Work&& work) {
  if (!open.connection->IsAutoCommit()) {
    throw Error(ErrorCode::InvalidArgument, "a transaction is open on this session", "COMMIT or ROLLBACK it first");
  }
  const auto start = std::chrono::steady_clock::now();
  const OptionsScope scope(*open.state, options);
  open.state->report = Report{};
  StatementRun run(open);
  run.begin();
  try {
    work(run);
    run.commit();
  } catch (...) {
    run.roll_back();
    throw;
  }
  Report report = open.state->report;
  report.bytes_spilled = std::max(report.bytes_spilled, static_cast<std::int64_t>(run.bytes_spilled()));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  report.seconds = seconds.count();
  return report;
}

}  // namespace

Report SqlSession::execute(const std::string& text, const WriteOptions& options,
                           const std::vector<std::pair<std::string, std::string>>& parameters,
                           const std::function<void()>& first) {
  auto statements = StatementRun(*impl_->open).parse(text);
  LostRaces races(options.commit);
  while (true) {
    const bool one = statements.size() == 1 && !first && !options.replace_all;
    auto again = one ? copy_to_run_again(*statements.front()) : nullptr;
    try {
      return run_transaction(*impl_->open, options, [&](StatementRun& run) {
        if (first) first();
        for (auto& statement : statements) run.run(std::move(statement), parameters, false);
      });
    } catch (const Error& error) {
      if (!again || !RepeatableSource::of(*impl_->open->connection->context) || !races.another_run(error)) throw;
      statements.front() = std::move(again);
    }
  }
}

Report SqlSession::create(const std::string& uri, const NewTable& table, const WriteOptions& options) {
  return run_transaction(*impl_->open, options, [&](StatementRun& run) { run.create(uri, table); });
}

Report SqlSession::alter(const std::string& uri, const std::vector<Alteration>& changes, const WriteOptions& options) {
  return run_transaction(*impl_->open, options, [&](StatementRun& run) {
    for (const Alteration& change : changes) run.alter(uri, change);
  });
}

void SqlSession::bind_stream(const std::string& name, OwnedArrowStream stream) {
  auto& open = *impl_->open;
  auto source = std::make_unique<engine::ArrowSource>(std::move(stream));
  source->create_view(*open.connection, name);
  open.state->streams[duckdb::StringUtil::Lower(name)] = std::move(source);
}

void SqlSession::bind_rows(const std::string& name, std::function<OwnedArrowStream()> open) {
  auto& session = *impl_->open;
  auto source = std::make_unique<engine::ArrowSource>(std::move(open));
  source->create_view(*session.connection, name);
  session.state->streams[duckdb::StringUtil::Lower(name)] = std::move(source);
}

void SqlSession::bind_snapshot(const std::string& name, std::shared_ptr<const Snapshot> snapshot) {
  impl_->open->state->snapshots[duckdb::StringUtil::Lower(name)] = std::move(snapshot);
}

std::vector<FileTask> SqlSession::files_of(const std::string& query, const Snapshot& snapshot) {
  return planned_files(*impl_->open, query, snapshot);
}

std::shared_ptr<FormatTable> SqlSession::table(const std::string& uri) {
  return impl_->open->state->open(uri).table;
}

void SqlSession::forget(const std::string& uri) {
  impl_->open->state->forget(uri);
}

void SqlSession::cancel() {
  impl_->open->state->cancel();
  impl_->open->connection->Interrupt();
}

double SqlSession::progress() const {
  const double percent = impl_->open->connection->context->GetQueryProgress().GetPercentage();
  return percent < 0 ? -1 : percent / 100;
}

std::string quote_literal(std::string_view text) {
  return doubled(text, '\'');
}
std::string quote_identifier(std::string_view name) {
  return doubled(name, '"');
}

}  // namespace lakelet::sql
