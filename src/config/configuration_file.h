// lakelet.yml (and laketower.yml, whose shape it has): the bytes of a configuration file as plain values. Reads no
// file, no environment and no table itself.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lakelet::config {

// A table that people call by a name.
struct TableEntry {
  std::string name;
  std::string uri;     // as it is written: relative ones are meant from the working folder
  std::string format;  // "delta" ...; empty: whatever is there
  std::string where;   // "lakelet.yml:3", for messages
};

struct ConfigurationFile {
  std::vector<TableEntry> tables;  // in the order of the file, those of included files first
};

struct ConfigurationSource {
  std::string name;  // for messages
  std::string text;
  // The value of ${NAME} and of {env: NAME}; nullopt: it isn't set. Empty: there are none.
  std::function<std::optional<std::string>(const std::string& name)> variable;
  // The text of a file under `include`, whose path is from the file's own folder. Throws Error. Empty: none can be
  // included.
  std::function<std::string(const std::string& path)> include;
};

// What it doesn't know (queries, settings, credentials, keys of others) is left alone, values in it too. Throws
// Error(InvalidArgument) whose message begins with "name:line: " for text that is no YAML, a value of the wrong kind, a
// table without name or uri, two tables of one name, and a variable that a table needs and that isn't set.
ConfigurationFile read_configuration(const ConfigurationSource& source);

}  // namespace lakelet::config
