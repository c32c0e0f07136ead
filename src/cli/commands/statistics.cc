#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {

void declare_statistics(Command command) {
  const auto table = std::make_shared<std::string>();
  command.positional("TABLE", *table, "Path or URI, with @v3 ... for an older version")
      .example("lakelet statistics lake/weather")
      .action(
          [table](Invocation& invocation) { invocation.show(invocation.session().open(*table).scan().statistics()); });
}

}  // namespace lakelet::cli
