// The command line's grammar: commands, their options and their help. The only place that knows the parsing library.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace lakelet::cli {

class Invocation;

// One command while it is declared, and after the parse. Values are written into the caller's variables, which have to
// live until the command has run. `names` is "-p,--param"; `what` the placeholder in the help ("PREDICATE").
class Command {
 public:
  using Action = std::function<void(Invocation&)>;

  // The action of the command that the parse finds goes to `chosen`.
  Command(CLI::App& app, Action& chosen) : app_(app), chosen_(chosen) {}

  Command& positional(const std::string& name, std::string& value, const std::string& help, bool required = true);
  Command& positionals(const std::string& name, std::vector<std::string>& values, const std::string& help,
                       bool required = true);
  // A positional that is one of these.
  Command& word(const std::string& name, std::string& value, const std::vector<std::string>& allowed,
                const std::string& help);
  Command& option(const std::string& names, std::string& value, const std::string& what, const std::string& help);
  Command& option(const std::string& names, std::optional<std::int64_t>& value, const std::string& what,
                  const std::string& help);
  // May be given several times.
  Command& option(const std::string& names, std::vector<std::string>& values, const std::string& what,
                  const std::string& help);
  // May be given several times, with several values each.
  Command& lists(const std::string& names, std::vector<std::string>& values, const std::string& what,
                 const std::string& help);
  // Takes so many words each time: --attach PATH AS NAME.
  Command& words(const std::string& names, std::vector<std::string>& values, int count, const std::string& what,
                 const std::string& help);
  Command& choice(const std::string& names, std::string& value, const std::vector<std::string>& allowed,
                  const std::string& help);
  Command& flag(const std::string& names, bool& value, const std::string& help);
  Command& require(const std::string& option);
  Command& example(const std::string& line);
  Command& action(Action run);
  // A command of this one: `lakelet tables list`. One of them has to be given.
  Command& command(const std::string& name, const std::string& help, const std::function<void(Command)>& declare);

  // Whether the option was given, and where among the options of this command: 0 for the first. For options whose
  // order counts.
  std::optional<std::size_t> position(const std::string& name) const;

 private:
  CLI::App& app_;
  Action& chosen_;
  std::string examples_;
};

// "a,b , c" -> a b c; empty parts are left out.
std::vector<std::string> split_list(const std::string& text);
// "key=value" pairs. Throws Error(InvalidArgument) naming the option for one without '='.
std::vector<std::pair<std::string, std::string>> split_pairs(const std::vector<std::string>& texts,
                                                             const std::string& option);

}  // namespace lakelet::cli
