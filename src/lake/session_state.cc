#include "lake/session_state.h"

#include <fmt/format.h>

#include <filesystem>

#include "catalogs/registry.h"
#include "formats/registry.h"
#include "lake/configured_names.h"
#include "lake/procedures.h"
#include "lakelet/error.h"
#include "lakelet/version.h"

namespace lakelet {
namespace {

// The engine for formats that keep metadata in tables: it starts when the first of them is read or written.
class LazyTabular : public TabularIo {
 public:
  explicit LazyTabular(SessionState& state) : state_(state) {}
  Schema parquet_schema(const std::string& uri) override { return real().parquet_schema(uri); }
  ParquetFooter parquet_footer(const std::string& uri, bool with_statistics) override {
    return real().parquet_footer(uri, with_statistics);
  }
  std::optional<std::int64_t> row_count(const std::vector<std::string>& uris) override {
    return real().row_count(uris);
  }
  OwnedArrowStream read_parquet(const TabularRead& request) override { return real().read_parquet(request); }
  std::uint64_t write_parquet(const std::string& uri, OwnedArrowStream rows, const std::string& compression) override {
    return real().write_parquet(uri, std::move(rows), compression);
  }

 private:
  TabularIo& real() {
    std::call_once(started_, [this] { tabular_ = state_.engine()->tabular(); });
    return *tabular_;
  }

  SessionState& state_;
  std::once_flag started_;
  std::shared_ptr<TabularIo> tabular_;
};

std::string working_folder(const Configuration& configuration) {
  if (!configuration.working_folder.empty()) return configuration.working_folder;
  std::error_code problem;
  const auto folder = std::filesystem::current_path(problem);
  if (problem) throw Error(ErrorCode::NotFound, "the working folder is gone: " + problem.message());
  return folder.string();
}

std::shared_ptr<const FormatRegistry> standard_formats() {
  auto registry = std::make_shared<FormatRegistry>();
  add_standard_formats(*registry);
  return registry;
}

}  // namespace

Lease::Lease(std::shared_ptr<SessionState> state, std::unique_ptr<sql::SqlSession> session)
    : state_(std::move(state)), session_(std::move(session)) {
  running_.emplace(state_->work, cancellation_);
  const std::lock_guard lock(state_->mutex_);
  state_->active_.insert(this);
}

Lease::~Lease() {
  {
    const std::lock_guard lock(state_->mutex_);
    state_->active_.erase(this);
    if (!discarded_ && !cancellation_.cancelled()) state_->idle_.push_back(std::move(session_));
  }
  session_.reset();
}

void Lease::cancel() {
  cancellation_.cancel();
  session_->cancel();
}

RunningVerb::RunningVerb(SessionState& state, const std::string& verb)
    : state_(state), running_(state.work, options_.cancellation) {
  options_.events = events_of(state, verb);
  const std::lock_guard lock(state_.mutex_);
  state_.running_.insert(this);
}

RunningVerb::~RunningVerb() {
  const std::lock_guard lock(state_.mutex_);
  state_.running_.erase(this);
}

std::unique_ptr<RunningVerb> running_in_catalog(SessionState& state, const Location& location,
                                                const std::string& verb) {
  return catalog_table_of(location) ? std::make_unique<RunningVerb>(state, verb) : nullptr;
}

EventSink events_of(const SessionState& state, const std::string& verb) {
  const EventSink& sink = state.configuration.events;
  if (!sink) return {};
  return [sink, verb](Event event) {
    if (event.operation.empty()) event.operation = verb;
    sink(event);
  };
}

SessionState::SessionState(Configuration given)
    : configuration(std::move(given)),
      stores(std::make_shared<StoreRegistry>(working_folder(configuration))),
      buckets(std::make_shared<BucketStores>(configuration.store_options, configuration.variable, work)),
      formats(standard_formats()) {
  BucketStores::serve(*stores, buckets);
  // The session's own file: found before it is confined to others.
  std::optional<Location> named;
  if (!configuration.configuration_file.empty()) named = stores->resolve(configuration.configuration_file);
  CatalogSurroundings surroundings{working_folder(configuration), configuration.store_options, {}, {}, {}, {}};
  surroundings.variable = configuration.variable;
  surroundings.lend = [buckets = buckets](const std::string& uri, LentAccess access) {
    buckets->lend(uri, std::move(access));
  };
  surroundings.given_up = [work = work] { return work->given_up(); };
  if (named) surroundings.configured = configured_catalogs(*named, configuration.variable);
  add_standard_catalogs(*stores, surroundings);
  if (!configuration.confined_to.empty()) {
    auto folders = configuration.confined_to;
    if (!configuration.temp_folder.empty()) folders.push_back(configuration.temp_folder);
    stores->confine(folders);
  }
  context.stores = stores;
  context.tabular = std::make_shared<LazyTabular>(*this);
  context.engine_info = std::string("lakelet/") + kVersion;
  context.events = configuration.events;
  tables = std::make_shared<sql::OpenTables>(formats, context);
  procedures = standard_procedures(*this);
  if (named) names = configured_names(*this, *named);
  engine::EngineOptions limits;
  limits.memory_limit_bytes = configuration.memory_limit_bytes;
  context.memory_limit_bytes = engine::memory_limit_bytes(limits);
}

std::shared_ptr<engine::Engine> SessionState::engine() {
  const std::lock_guard lock(mutex_);
  if (!engine_) {
    engine::EngineOptions options;
    options.memory_limit_bytes = configuration.memory_limit_bytes;
    options.threads = configuration.threads;
    options.temp_folder = configuration.temp_folder;
    options.max_temp_bytes = configuration.max_temp_bytes;
    options.confined = !configuration.confined_to.empty();
    options.read_only = configuration.read_only;
    engine_ = std::make_shared<engine::Engine>(options, stores);
  }
  return engine_;
}

std::shared_ptr<Lease> SessionState::borrow() {
  std::unique_ptr<sql::SqlSession> session;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      session = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!session) {
    sql::NameSources sources{names, [this](const Location& file) { return names_in_file(*this, file); }};
    session = std::make_unique<sql::SqlSession>(engine(), formats, context, tables, procedures, std::move(sources));
  }
  return std::make_shared<Lease>(shared_from_this(), std::move(session));
}

bool SessionState::cancel_all() {
  const std::lock_guard lock(mutex_);
  for (Lease* lease : active_) lease->cancel();
  for (RunningVerb* verb : running_) verb->options_.cancellation.cancel();
  return !active_.empty() || !running_.empty();
}

ResolvedReference SessionState::resolve(const std::string& reference) {
  const auto exists = [&](const std::string& path) {
    const Location location = stores->resolve(path);
    if (catalog_table_of(location)) return formats->try_detect(location) != nullptr;
    if (location.store->find(location.path)) return true;
    bool found = false;
    const auto any = [&](const auto&) {
      found = true;
      return false;
    };
    location.store->list_folder(location.path, {}, any, any);
    return found;
  };
  const TableReference parsed = parse_table_reference(reference, exists);
  if (names && parsed.path.find('/') == std::string::npos) {
    if (const auto uri = names->uri_of(sql::kMainSchema, parsed.path)) {
      return {stores->resolve(*uri), parsed.selector, reference};
    }
  }
  return {stores->resolve(parsed.path), parsed.selector, reference};
}

ResolvedReference SessionState::resolve_latest(const std::string& reference, const std::string& verb) {
  ResolvedReference resolved = resolve(reference);
  // A name with an '@' is a fine path for a new table; a version or a time never is.
  if (std::holds_alternative<AtReference>(resolved.selector) && !formats->try_detect(resolved.location)) {
    return {stores->resolve(reference), LatestVersion{}, reference};
  }
  if (!resolved.latest()) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("can't {} {}: only the newest version of a table can be written to", verb, reference),
                fmt::format("leave {} out", to_string(resolved.selector)));
  }
  return resolved;
}

void SessionState::require_writable(const std::string& verb) const {
  if (!configuration.read_only) return;
  throw Error(ErrorCode::Permission, fmt::format("{}: this session only reads", verb));
}

operations::Input SessionState::input(Source source) {
  auto& kind = source.kind();
  if (auto* stream = std::get_if<OwnedArrowStream>(&kind)) return std::move(*stream);
  if (auto* files = std::get_if<Source::Files>(&kind)) return std::move(*files);
  if (auto* query = std::get_if<Source::Query>(&kind)) return std::move(*query);
  const ResolvedReference reference = resolve(std::get<Source::TableReference>(kind).text);
  return tables->open_at(reference.location, reference.selector).snapshot;
}

}  // namespace lakelet
