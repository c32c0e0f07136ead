#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/interruption.h"
#include "cli/invocation.h"
#include "server/console.h"

extern char** environ;

namespace lakelet::cli {
namespace {

// Whichever browser the desktop says; its own words don't belong on this terminal.
void open_browser(const std::string& url, Messages& messages) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
  }
  const char* const words[] = {"xdg-open", url.c_str(), nullptr};
  pid_t child = 0;
  if (::posix_spawnp(&child, words[0], &actions, nullptr, const_cast<char* const*>(words), environ) != 0) {
    messages.summary("there is no xdg-open here: open the address yourself");
  }
  posix_spawn_file_actions_destroy(&actions);
}

struct Web {
  std::vector<std::string> paths;
  std::string host = "127.0.0.1";
  std::optional<std::int64_t> port;
  bool open = false, read_only = false, open_sql = false;

  void run(Invocation& invocation) const {
    if (port && (*port < 0 || *port > 65535)) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("--port {} is not between 0 and 65535", *port));
    }
    server::ConsoleOptions options;
    options.host = host;
    options.port = static_cast<int>(port.value_or(8000));
    options.read_only = read_only;
    options.open_sql = open_sql;
    options.folders = paths;
    options.configuration = invocation.configuration();
    options.configuration.events = {};
    options.temporary_folder = fmt::format("{}/lakelet-web-{}", invocation.temporary_folder(), ::getpid());
    // The console is stopped by the signal's thread, which has to be there before the server's threads are.
    std::unique_ptr<server::Console> console;
    const Interruption interruption([&console] {
      if (!console) return false;
      console->stop();
      return true;
    });
    console = std::make_unique<server::Console>(std::move(options));
    invocation.messages().summary(fmt::format("lakelet web: {}  (Ctrl-C stops it)", console->url()));
    if (open) open_browser(console->url(), invocation.messages());
    console->serve();
  }
};

}  // namespace

void declare_web(Command command) {
  const auto web = std::make_shared<Web>();
  command
      .positionals("PATH", web->paths, "Tables, folders of tables, or catalogs (default: the folder that you are in)",
                   false)
      .option("--host", web->host, "ADDRESS",
              "Where to listen (default: 127.0.0.1, this machine alone); elsewhere the address has a secret token")
      .option("--port", web->port, "N", "Default: 8000; 0 takes any that is free")
      .flag("--open", web->open, "Open the browser")
      .flag("--read-only", web->read_only, "Nothing can be changed from the pages")
      .flag("--allow-files", web->open_sql, "Let SQL read and write every file that you can (default: only the tables)")
      .example("lakelet web lake --open")
      .action([web](Invocation& invocation) { web->run(invocation); });
}

}  // namespace lakelet::cli
