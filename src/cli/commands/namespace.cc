// namespace: what a catalog keeps of a namespace.
#include <fmt/format.h>

#include <memory>

#include "cli/command_line.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {

void declare_namespace(Command command) {
  struct Namespace {
    std::string name;
    std::vector<std::string> set, remove;
  };
  const auto given = std::make_shared<Namespace>();
  command.positional("NAMESPACE", given->name, "The catalog's URI, '#' and the namespace's name in it")
      .option("--set", given->set, "NAME=VALUE",
              "A property, such as location: the folder of its new tables; may be repeated")
      .option("--unset", given->remove, "NAME", "A property that goes; may be repeated")
      .example("lakelet namespace 'sqlite:///lake/cat.db#sales'")
      .example("lakelet namespace 'sqlite:///lake/cat.db#sales' --set location=lake/sales --unset owner")
      .action([given](Invocation& invocation) {
        NamespaceChange change;
        for (auto& [name, value] : split_pairs(given->set, "--set")) change.set[name] = value;
        change.remove = given->remove;
        if (!change.set.empty() || !change.remove.empty()) invocation.session().change_namespace(given->name, change);
        Grid grid({{"name"}, {"value"}});
        for (const auto& [name, value] : invocation.session().namespace_properties(given->name)) {
          grid.add({name, value});
        }
        invocation.show(grid);
      });
}

}  // namespace lakelet::cli
