#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/table_properties.h"
#include "cli/invocation.h"

namespace lakelet::cli {

void declare_metadata(Command command) {
  const auto table = std::make_shared<std::string>();
  command.positional("TABLE", *table, "Path or URI, with @v3 ... for an older version")
      .example("lakelet metadata lake/weather")
      .action([table](Invocation& invocation) {
        const Table opened = invocation.session().open(*table);
        const TableMetadata& metadata = opened.metadata();
        std::vector<std::pair<std::string, Cell>> all = {
            {"uri", opened.uri()},
            {"format", metadata.format},
            {"id", metadata.id},
            {"name", metadata.name},
            {"description", metadata.description},
            {"created", metadata.created_us ? Cell::timestamp(*metadata.created_us) : Cell()},
            {"version", opened.version()},
            {"modified", Cell::timestamp(opened.timestamp_us())},
            {"partition columns", Cell::list(opened.partitioning().columns())},
            {"properties", properties_cell(opened.properties())},
            {"protocol", Cell::object(metadata.protocol)},
        };
        invocation.show_object(named_for(invocation.format(), std::move(all)));
      });
}

}  // namespace lakelet::cli
