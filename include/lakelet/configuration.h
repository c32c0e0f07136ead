// What a session is given: limits, folders, listeners. The library reads neither the environment nor the home folder.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lakelet/events.h"

namespace lakelet {

struct Configuration {
  std::uint64_t memory_limit_bytes = 0;  // of the engine; 0: 70% of what the machine or its cgroup gives
  int threads = 0;                       // 0: as many as the machine or its cgroup gives; fewer under a small limit
  std::string temp_folder;               // where big joins and sorts spill; empty: they end in Exhausted instead
  std::uint64_t max_temp_bytes = 0;      // 0: 90% of the free space there
  std::string working_folder;            // against which relative paths are resolved; empty: the process's own
  std::map<std::string, std::string> store_options;  // for object stores, by the names that `deltalake` users know
  // A lakelet.yml (or laketower.yml), whose tables are table references by their names, and names in SQL; empty: none.
  // Read when a name is looked for. Relative paths in it are resolved as others are.
  std::string configuration_file;
  // The value of ${NAME} and {env: NAME} in configuration files, also in those that are attached, and of
  // AWS_ACCESS_KEY_ID, AWS_REGION and the like where no option says it; empty: there are none.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  EventSink events;  // progress, notes and warnings; may be empty
  // For sessions whose SQL and references come from others. Not empty: what isn't in one of these folders or in
  // temp_folder can't be reached, whatever names it (Error(Permission)); SQL reads and writes no other file, attaches
  // no database, loads no extension and changes no setting. Symbolic links within the folders are followed.
  std::vector<std::string> confined_to;
  bool read_only = false;  // what would change a table or write a file is Error(Permission)
};

// "512MB", "4GiB", "1.5g", "1048576" (bytes). KB, MB, GB, TB are powers of 1000, KiB ... TiB and k, m, g, t of 1024.
// Throws Error(InvalidArgument).
std::uint64_t parse_byte_size(const std::string& text);

}  // namespace lakelet
