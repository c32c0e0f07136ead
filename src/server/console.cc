#include "server/console.h"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "server/reply.h"
#include "server/request_guard.h"
#include "server/routes.h"
#include "server/workspace.h"

namespace lakelet::server {
namespace {

std::string working_folder() {
  return std::filesystem::current_path().string();
}

// Made for this process alone, gone with it.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {
    std::error_code problem;
    std::filesystem::create_directories(path_, problem);
    if (!problem) std::filesystem::permissions(path_, std::filesystem::perms::owner_all, problem);
    if (problem) throw Error(ErrorCode::Unavailable, fmt::format("{}: {}", path_, problem.message()));
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Places {
  std::vector<std::string> folders;  // absolute
  std::vector<ShownTable> tables;    // of the configuration file
  std::string base;                  // against which names are resolved
};

// Empty for what isn't on this machine's disk.
std::string local_path(const std::string& uri) {
  constexpr std::string_view kFile = "file://";
  if (uri.starts_with(kFile)) return uri.substr(kFile.size());
  if (uri.find("://") != std::string::npos) return {};
  return std::filesystem::absolute(uri).lexically_normal().string();
}

std::string absolute(const std::string& folder) {
  std::error_code problem;
  const auto status = std::filesystem::status(folder, problem);
  if (!std::filesystem::exists(status)) throw Error(ErrorCode::NotFound, fmt::format("there is no folder {}", folder));
  if (!std::filesystem::is_directory(status)) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is not a folder", folder),
                "give a table, or a folder of tables");
  }
  std::string path = std::filesystem::absolute(folder).lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::vector<ShownTable> configured_tables(const Configuration& configuration) {
  std::vector<ShownTable> shown;
  if (configuration.configuration_file.empty()) return shown;
  for (const ConfiguredTable& table : ConfigurationFile(configuration).contents().tables) {
    std::string path = local_path(table.uri);
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    shown.push_back({table.name, {}, path.empty() ? table.uri : path, true});
  }
  return shown;
}

// With one folder, its tables have their plain names; a table by itself has that of its own folder. With configured
// tables, paths are those of the working folder, as the configuration's are.
Places places_of(std::vector<std::string> given, const Configuration& configuration) {
  Places places;
  places.tables = configured_tables(configuration);
  if (given.empty() && places.tables.empty()) given.push_back(working_folder());
  Session catalogs(configuration);
  for (const std::string& folder : given) {
    const bool catalog = local_path(folder).empty();
    if (catalog) catalogs.tables(folder);  // throws what keeps it from being shown
    places.folders.push_back(catalog ? folder : absolute(folder));
  }
  const bool one = places.folders.size() == 1 && places.tables.empty() && places.folders.front().starts_with('/');
  places.base = one ? places.folders.front() : working_folder();
  Session look;
  if (one && look.exists(places.base)) places.base = std::filesystem::path(places.base).parent_path().string();
  return places;
}

// Whether it is a place that sessions know of: an object store that isn't supported is none. Nobody is asked whether
// the table is there: a server that is down now may be up later.
bool is_known(const std::string& uri) {
  Configuration configuration;
  configuration.confined_to = {uri};
  try {
    Session look(configuration);
    return true;
  } catch (const Error&) {
    return false;
  }
}

Configuration confined(const ConsoleOptions& options, const Places& places) {
  Configuration configuration = options.configuration;
  configuration.working_folder = places.base;
  configuration.temp_folder = options.temporary_folder;
  configuration.read_only = options.read_only;
  if (options.open_sql) return configuration;
  configuration.confined_to = places.folders;
  for (const ShownTable& table : places.tables) {
    if (table.uri.starts_with('/') || is_known(table.uri)) configuration.confined_to.push_back(table.uri);
  }
  // Nothing to be reached isn't everything.
  if (configuration.confined_to.empty()) configuration.confined_to.push_back(options.temporary_folder);
  return configuration;
}

RequestHeaders headers_of(const httplib::Request& request) {
  RequestHeaders headers;
  headers.method = request.method;
  headers.path = request.path;
  headers.host = request.get_header_value("Host");
  if (request.has_header("Origin")) headers.origin = request.get_header_value("Origin");
  headers.fetch_site = request.get_header_value("Sec-Fetch-Site");
  headers.marker = request.get_header_value("X-Lakelet");
  headers.cookie = request.get_header_value("Cookie");
  headers.token = request.get_param_value("token");
  return headers;
}

// Two programs on one port would each get half of the requests.
void reuse_address_only(socket_t socket) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

}  // namespace

struct Console::Impl {
  explicit Impl(ConsoleOptions given)
      : options(std::move(given)),
        temporary(options.temporary_folder),
        places(places_of(options.folders, options.configuration)) {
    server.set_socket_options(&reuse_address_only);
    port = options.port == 0                                 ? server.bind_to_any_port(options.host)
           : server.bind_to_port(options.host, options.port) ? options.port
                                                             : -1;
    if (port < 0) {
      throw Error(ErrorCode::Unavailable, fmt::format("can't listen on {}:{}", options.host, options.port),
                  "choose another --port, or stop what uses it");
    }
    guard = std::make_unique<RequestGuard>(options.host, port, is_loopback(options.host) ? "" : random_token());
    workspace =
        std::make_unique<Workspace>(confined(options, places), Shown{places.folders, places.tables}, options.read_only);
    keep_queries();
    set_up();
  }

  void set_up() {
    server.new_task_queue = [] { return new httplib::ThreadPool(32); };
    // A body that nobody read would be taken for the next request of a connection that is kept.
    server.set_keep_alive_max_count(1);
    server.set_read_timeout(60);
    server.set_write_timeout(60);
    server.set_default_headers({{"X-Content-Type-Options", "nosniff"},
                                {"X-Frame-Options", "DENY"},
                                {"Referrer-Policy", "no-referrer"},
                                {"Cross-Origin-Resource-Policy", "same-origin"},
                                {"Cross-Origin-Opener-Policy", "same-origin"}});
    server.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return admit(request, response) ? httplib::Server::HandlerResponse::Unhandled
                                      : httplib::Server::HandlerResponse::Handled;
    });
    add_table_routes(server, *workspace);
    add_query_routes(server, *workspace);
    add_saved_query_routes(server, *workspace);
    add_import_routes(server, *workspace);
    add_maintenance_routes(server, *workspace);
    add_asset_routes(server);
  }

  // Saved queries are those of the configuration file, or of one that the first of them makes.
  void keep_queries() {
    Configuration configuration = options.configuration;
    configuration.working_folder = working_folder();
    if (configuration.configuration_file.empty()) {
      configuration.configuration_file = "lakelet.yml";
    } else {
      const ConfiguredSettings settings = ConfigurationFile(configuration).contents().settings;
      workspace->settings = settings;
    }
    workspace->configuration_file.emplace(configuration);
  }

  bool admit(const httplib::Request& request, httplib::Response& response) const {
    const RequestHeaders headers = headers_of(request);
    if (const auto refusal = guard->check(headers)) {
      send_problem(response, refusal->status, "Permission", refusal->reason);
      return false;
    }
    if (request.path.starts_with("/api/")) response.set_header("Cache-Control", "no-store");
    if (guard->token().empty() || headers.token.empty() || request.path != "/") return true;
    // The token leaves the address, where it would stay in the history.
    response.set_header("Set-Cookie",
                        fmt::format("{}={}; HttpOnly; SameSite=Strict; Path=/", guard->cookie_name(), guard->token()));
    response.set_redirect("/");
    return false;
  }

  ConsoleOptions options;
  TemporaryFolder temporary;
  Places places;
  int port = -1;
  std::unique_ptr<RequestGuard> guard;
  std::unique_ptr<Workspace> workspace;
  httplib::Server server;
  std::atomic<bool> serving = false, stopping = false;
};

Console::Console(ConsoleOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Console::~Console() = default;

std::string Console::url() const {
  const std::string& host = impl_->options.host;
  const bool anywhere = host == "0.0.0.0" || host == "::";
  const std::string shown = anywhere                              ? "localhost"
                            : host.find(':') != std::string::npos ? fmt::format("[{}]", host)
                                                                  : host;
  const std::string& token = impl_->guard->token();
  return fmt::format("http://{}:{}/{}{}", shown, impl_->port, token.empty() ? "" : "?token=", token);
}

void Console::serve() {
  impl_->serving = true;
  if (!impl_->stopping) impl_->server.listen_after_bind();
  impl_->serving = false;
}

void Console::stop() {
  impl_->stopping = true;
  // httplib ignores a stop that comes before it listens.
  while (impl_->serving && !impl_->server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  impl_->server.stop();
}

}  // namespace lakelet::server
