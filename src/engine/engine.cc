#include "engine/engine.h"

#include <algorithm>
#include <duckdb/main/client_config.hpp>
#include <duckdb/main/config.hpp>
#include <duckdb/parser/parsed_data/drop_info.hpp>

#include "engine/engine_error.h"
#include "engine/engine_impl.h"
#include "engine/object_file_system.h"
#include "engine/parquet_function.h"
#include "engine/tabular_io.h"

namespace lakelet::engine {

namespace {

// The engine's limit is for what it counts, which isn't everything: a part is kept for the rest of the process.
std::uint64_t counted_share(std::uint64_t limit) {
  constexpr std::uint64_t kProcessItself = std::uint64_t{64} << 20;
  return limit - limit / 6 - std::min(limit / 8, kProcessItself);
}

// Each thread holds what can't spill: pages of the files that it reads, row groups that it encodes. Two that look for
// room at once may both find none while the other's blocks are still on their way to disk, so each has its part.
duckdb::idx_t thread_count(const EngineOptions& options, std::uint64_t counted) {
  constexpr std::uint64_t kThreadShare = std::uint64_t{48} << 20;
  auto wanted = static_cast<duckdb::idx_t>(options.threads);
  if (wanted == 0) {
    const auto files = duckdb::FileSystem::CreateLocal();
    wanted = duckdb::DBConfig::GetSystemMaxThreads(*files);
  }
  return std::clamp<duckdb::idx_t>(counted / kThreadShare, 1, std::max<duckdb::idx_t>(1, wanted));
}

void configure(duckdb::DBConfig& config, const EngineOptions& options) {
  auto& o = config.options;
  // Nothing is looked for in a home folder or fetched: what the engine can do is what is linked in.
  config.SetOptionByName("autoload_known_extensions", duckdb::Value::BOOLEAN(false));
  config.SetOptionByName("autoinstall_known_extensions", duckdb::Value::BOOLEAN(false));
  config.SetOptionByName("allow_persistent_secrets", duckdb::Value::BOOLEAN(false));
  o.maximum_memory = counted_share(memory_limit_bytes(options));
  // What was freed goes back to the machine, also while the engine is busy.
  config.SetOptionByName("allocator_background_threads", duckdb::Value::BOOLEAN(true));
  // What stores give is near, and in the machine's own cache: a second one would be full of files that are read once.
  config.SetOptionByName("enable_external_file_cache", duckdb::Value::BOOLEAN(false));
  o.maximum_threads = thread_count(options, o.maximum_memory);
  o.use_temporary_directory = !options.temp_folder.empty();
  o.temporary_directory = options.temp_folder;
  if (options.max_temp_bytes) o.maximum_swap_space = options.max_temp_bytes;
}

void set_defaults(duckdb::DatabaseInstance& instance) {
  auto& config = duckdb::DBConfig::GetConfig(instance);
  // Timestamps with a time zone are instants: no session sees them in the zone of the machine.
  config.SetOptionByName("TimeZone", duckdb::Value("UTC"));
  // Footers of a table's data files: those files never change, and a merge reads them twice.
  config.SetOptionByName("parquet_metadata_cache", duckdb::Value::BOOLEAN(true));
}

// Functions that SELECT may call and that change what every statement of the engine does, or look at memory and paths.
constexpr const char* kFarReaching[] = {
    "disable_logging",   "disable_peg_parser", "disable_profiling", "duckdb_logs",          "enable_logging",
    "enable_peg_parser", "enable_profiling",   "sql_auto_complete", "truncate_duckdb_logs",
};

void remove_far_reaching(duckdb::DatabaseInstance& instance) {
  duckdb::Connection connection(instance);
  connection.context->RunFunctionInTransaction([&] {
    auto& catalog = duckdb::Catalog::GetSystemCatalog(*connection.context);
    for (const char* name : kFarReaching) {
      duckdb::DropInfo drop;
      drop.type = duckdb::CatalogType::TABLE_FUNCTION_ENTRY;
      drop.schema = DEFAULT_SCHEMA;
      drop.name = name;
      drop.if_not_found = duckdb::OnEntryNotFound::RETURN_NULL;
      drop.allow_drop_internal = true;
      catalog.DropEntry(*connection.context, drop);
    }
  });
}

// From here on the engine itself opens no path but those of the stores, which have their own bounds, and no setting
// changes any more (but the search path).
void confine(duckdb::DatabaseInstance& instance, const EngineOptions& options) {
  auto& config = duckdb::DBConfig::GetConfig(instance);
  config.AddAllowedDirectory(to_engine_path("/"));
  if (!options.temp_folder.empty()) config.AddAllowedDirectory(options.temp_folder);
  config.SetOptionByName("autoinstall_known_extensions", duckdb::Value::BOOLEAN(false));
  config.SetOptionByName("autoload_known_extensions", duckdb::Value::BOOLEAN(false));
  config.SetOptionByName("enable_external_access", duckdb::Value::BOOLEAN(false));
  config.SetOptionByName("lock_configuration", duckdb::Value::BOOLEAN(true));
  remove_far_reaching(instance);
}

std::unique_ptr<duckdb::DuckDB> open_database(const EngineOptions& options, std::shared_ptr<StoreRegistry> stores) {
  duckdb::DBConfig config;
  configure(config, options);
  auto database = std::make_unique<duckdb::DuckDB>(nullptr, &config);
  set_defaults(*database->instance);
  database->instance->GetFileSystem().RegisterSubSystem(
      duckdb::make_uniq<ObjectFileSystem>(std::move(stores), FileBounds{options.confined, options.temp_folder}));
  register_parquet_files(*database->instance);
  if (options.confined) confine(*database->instance, options);
  return database;
}

}  // namespace

std::uint64_t memory_limit_bytes(const EngineOptions& options) {
  if (options.memory_limit_bytes) return options.memory_limit_bytes;
  const auto files = duckdb::FileSystem::CreateLocal();
  return duckdb::DBConfig::GetSystemAvailableMemory(*files) / 10 * 7;
}

std::unique_ptr<duckdb::Connection> Engine::Impl::connect() const {
  return on_engine([&] {
    auto connection = std::make_unique<duckdb::Connection>(*database);
    // Progress is counted for those who ask, and never printed.
    auto& config = duckdb::ClientConfig::GetConfig(*connection->context);
    config.enable_progress_bar = true;
    config.print_progress_bar = false;
    return connection;
  });
}

Engine::Engine(const EngineOptions& options, std::shared_ptr<StoreRegistry> stores) : impl_(std::make_shared<Impl>()) {
  impl_->stores = stores;
  impl_->confined = options.confined;
  impl_->read_only = options.read_only;
  impl_->database = on_engine([&] { return open_database(options, stores); });
}

Engine::~Engine() = default;

std::shared_ptr<TabularIo> Engine::tabular() const {
  return make_tabular_io(impl_);
}

const std::shared_ptr<StoreRegistry>& Engine::stores() const {
  return impl_->stores;
}

bool Engine::confined() const {
  return impl_->confined;
}

bool Engine::read_only() const {
  return impl_->read_only;
}

}  // namespace lakelet::engine
