#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/schema_grid.h"
#include "cli/invocation.h"

namespace lakelet::cli {

void declare_schema(Command command) {
  const auto table = std::make_shared<std::string>();
  command.positional("TABLE", *table, "Path or URI, with @v3 ... for an older version")
      .example("lakelet schema lake/weather --format json")
      .action([table](Invocation& invocation) {
        Grid grid = schema_grid(invocation.session().open(*table), invocation.messages());
        invocation.show(grid);
      });
}

}  // namespace lakelet::cli
