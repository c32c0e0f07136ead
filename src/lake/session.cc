#include "lakelet/session.h"

#include <fmt/format.h>

#include "lake/configured_names.h"
#include "lake/query_binding.h"
#include "lake/scan_state.h"
#include "lake/table_state.h"
#include "lakelet/error.h"
#include "operations/append.h"
#include "operations/arrow_file_writer.h"
#include "operations/create.h"
#include "operations/relation.h"
#include "sql/catalog/lake_names.h"

namespace lakelet {
namespace {

// What --partition-by asks of a table that is there already.
void require_same_partitioning(const Snapshot& snapshot, const std::vector<std::string>& wanted) {
  if (wanted.empty() || snapshot.partitioning().columns() == wanted) return;
  throw Error(ErrorCode::InvalidArgument, fmt::format("{} is partitioned otherwise", snapshot.location().uri),
              "leave the partition columns out: the table keeps those that it has");
}

Rows named_rows_query(SessionState& state, const std::string& query,
                      const std::vector<std::pair<std::string, std::string>>& parameters,
                      const std::vector<NamedRows>& given, const QueryControl* control) {
  const std::shared_ptr<Lease> lease = state.borrow();
  lease->discard();  // the names go with the connection
  if (control) QueryBinding::bind(*control, lease);
  for (const NamedRows& each : given) lease->sql().bind_rows(each.name, each.open);
  sql::Rows rows = lease->sql().query(query, parameters);
  lease->answered();
  return Rows(std::move(rows.schema), std::move(rows.stream), lease);
}

}  // namespace

Session::Session(Configuration configuration) : state_(std::make_shared<SessionState>(std::move(configuration))) {}

Table Session::create(const std::string& reference, const Schema& schema, const CreateOptions& options) {
  state_->require_writable("create");
  const ResolvedReference resolved = state_->resolve_latest(reference, "create");
  const auto running = running_in_catalog(*state_, resolved.location, "create");
  if (options.if_not_exists && state_->formats->try_detect(resolved.location)) return open(reference);
  const auto plan = operations::plan_create(*state_->formats, resolved.location, schema, options);
  const bool replaces = options.replace && state_->formats->try_detect(resolved.location);
  if (replaces || !options.values.empty() || !options.constraints.empty()) {
    // Whether expressions can be honoured tells the engine.
    const sql::NewTable table{std::string(plan.format->name()), plan.spec, options.values, options.constraints,
                              options.replace};
    sql::WriteOptions commit;
    commit.user_metadata = options.user_metadata;
    const Report made = state_->borrow()->sql().create(resolved.location.uri, table, commit);
    return Table(Table::Impl::committed(state_, resolved.location, made.version));
  }
  return Table(Table::Impl::committed(state_, resolved.location, run(plan, state_->context)));
}

Table Session::open(const std::string& reference) {
  return Table(Table::Impl::open(state_, state_->resolve(reference)));
}

bool Session::exists(const std::string& reference) {
  const Location location = state_->resolve(reference).location;
  const auto running = running_in_catalog(*state_, location, "open");
  return state_->formats->try_detect(location) != nullptr;
}

Report Session::write(const std::string& reference, Source source, WriteMode mode, const std::string& where,
                      const WriteOptions& options, const CreateOptions* create) {
  ResolvedReference resolved = state_->resolve(reference);
  const bool named = std::holds_alternative<AtReference>(resolved.selector);
  if (!named || !state_->formats->try_detect(resolved.location)) {
    resolved = state_->resolve_latest(reference, "write to");
  }
  if (!where.empty() && mode != WriteMode::Overwrite) {
    throw Error(ErrorCode::InvalidArgument, "a predicate is only for rows that are replaced", "use the mode overwrite");
  }
  if (state_->formats->try_detect(resolved.location)) {
    if (mode == WriteMode::Ignore) return {};
    if (mode == WriteMode::ErrorIfExists) {
      throw Error(ErrorCode::AlreadyExists, fmt::format("there is a table at {} already", resolved.location.uri));
    }
    const auto impl = Table::Impl::open(state_, resolved);
    if (create) require_same_partitioning(*impl->snapshot(), create->partition_by);
    Table table(impl);
    return mode == WriteMode::Append ? table.append(std::move(source), options)
                                     : table.overwrite(std::move(source), where, options);
  }
  if (!create) state_->formats->detect(resolved.location);  // says what is there instead
  if (!where.empty()) {
    throw Error(ErrorCode::NotFound, fmt::format("there is no table at {} whose rows could be replaced", reference));
  }
  return run_verb(*state_, "append", [&](const operations::Workspace& workspace) {
    const auto rows = operations::prepare_relation(state_->input(std::move(source)), nullptr, workspace);
    sql::NewTable table{create->format, operations::create_spec({}, *create), create->values, create->constraints};
    return operations::plan_append(resolved.location.uri, rows, options, std::move(table));
  });
}

Rows Session::sql(const std::string& query, const std::vector<std::pair<std::string, std::string>>& parameters,
                  const std::vector<NamedRows>& given) {
  if (given.empty()) return leased_query(*state_, query, parameters);
  return named_rows_query(*state_, query, parameters, given, nullptr);
}

Rows Session::sql(const std::string& query, const std::vector<std::pair<std::string, std::string>>& parameters,
                  const QueryControl& control, const std::vector<NamedRows>& given) {
  if (given.empty()) return leased_query(*state_, query, parameters, {}, &control);
  return named_rows_query(*state_, query, parameters, given, &control);
}

std::vector<std::string> Session::sheets(const std::string& path, const FileOptions& options) {
  return operations::sheets_of(path, options, *state_->stores);
}

Rows Session::rows(Source source) {
  std::shared_ptr<Lease> lease = state_->borrow();
  const auto relation = operations::prepare_relation(state_->input(std::move(source)), nullptr,
                                                     operations::Workspace{lease->sql(), *state_->stores});
  sql::Rows rows = lease->sql().query("SELECT * FROM " + relation.from, relation.parameters);
  lease->answered();
  return Rows(std::move(rows.schema), std::move(rows.stream), std::move(lease));
}

std::vector<TableName> Session::tables(const std::string& folder) {
  const Location location = state_->stores->resolve(folder);
  const auto names =
      sql::names_at(location, state_->formats, [&](const Location& file) { return names_in_file(*state_, file); });
  std::vector<TableName> found;
  for (const std::string& schema : names->schemas()) {
    for (const std::string& table : names->tables(schema)) {
      const std::string uri = names->uri_of(schema, table).value_or(std::string());
      if (!uri.empty()) found.push_back({schema == sql::kMainSchema ? std::string() : schema, table, uri});
    }
  }
  return found;
}

Rows Session::read(const std::string& split_text) {
  return Scan(Scan::Impl::of_split(state_, split_text)).rows();
}

std::uint64_t Session::write_parquet(Rows rows, const std::string& path) {
  const Location location = state_->stores->resolve(path);
  return state_->engine()->tabular()->write_parquet(location.uri, std::move(rows).into_stream(), "zstd");
}

std::uint64_t Session::write_arrow(Rows rows, const std::string& path) {
  return operations::write_arrow_file(std::move(rows), state_->stores->resolve(path));
}

bool Session::cancel() {
  return state_->cancel_all();
}

}  // namespace lakelet
