// What the command line understands, as values: for completion scripts and the man page.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace lakelet::cli {

struct OptionInfo {
  std::vector<std::string> names;  // "-p", "--param"; of a positional: its name alone
  std::string value;               // what stands behind it, "FILE"; empty: nothing does
  std::vector<std::string> choices;
  std::string help;
  bool positional = false;
  bool required = false;
};

struct CommandInfo {
  std::string name;  // "lakelet tables list"
  std::string help;
  std::string footer;
  std::vector<OptionInfo> options;
  std::vector<CommandInfo> commands;

  std::string last_word() const { return name.substr(name.rfind(' ') + 1); }
};

CommandInfo describe_commands(const CLI::App& app, const std::string& name);

}  // namespace lakelet::cli
