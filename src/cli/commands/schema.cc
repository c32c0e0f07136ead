#include <memory>

#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {

void declare_schema(Command command) {
  const auto table = std::make_shared<std::string>();
  command.positional("TABLE", *table, "Path or URI, with @v3 ... for an older version")
      .example("lakelet schema lake/weather --format json")
      .action([table](Invocation& invocation) {
        Grid grid({{"column"}, {"type"}, {"nullable"}, {"comment"}});
        const Table opened = invocation.session().open(*table);
        for (const Field& field : opened.schema().fields()) {
          grid.add({field.name, to_string(field.type), field.nullable, field.doc});
        }
        invocation.show(grid);
      });
}

}  // namespace lakelet::cli
