// The console: a local web server that shows tables, and runs SQL over them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lakelet/configuration.h"

namespace lakelet::server {

struct ConsoleOptions {
  std::string host = "127.0.0.1";
  int port = 8000;         // 0: any that is free
  bool read_only = false;  // nothing can be changed from the pages
  bool open_sql = false;   // SQL may read and write every file that this process may
  // Tables, or folders of tables, beside those that the configuration file names. Empty: the working folder, if that
  // names none.
  std::vector<std::string> folders;
  std::string temporary_folder;  // of this process alone: uploads, results on their way out, what doesn't fit memory
  // Limits, store options. Its working folder, temp folder, confined_to and read_only are the console's own to set.
  Configuration configuration;
};

// Everything that the pages do goes through sessions that are confined to the folders and the configured tables. Bound
// to another address than the machine's own, it asks each browser for a token that only url() has.
class Console {
 public:
  // Binds the port, and serves nothing yet. Throws Error(Unavailable) if it can't, Error(NotFound) for a folder that
  // isn't there, Error(InvalidArgument) for a configuration file that is wrong.
  explicit Console(ConsoleOptions options);
  ~Console();

  // What a browser opens; with the token where there is one.
  std::string url() const;
  // Returns after stop(), once what ran has been cancelled.
  void serve();
  // From any thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakelet::server
