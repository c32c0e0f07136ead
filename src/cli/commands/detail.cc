#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/table_properties.h"
#include "cli/invocation.h"

namespace lakelet::cli {

void declare_detail(Command command) {
  const auto table = std::make_shared<std::string>();
  command.positional("TABLE", *table, "Path or URI, with @v3 ... for an older version")
      .example("lakelet detail lake/weather --format json")
      .action([table](Invocation& invocation) {
        const TableDetail detail = invocation.session().open(*table).detail();
        std::vector<std::pair<std::string, Cell>> all = {
            {"uri", detail.uri},
            {"format", detail.metadata.format},
            {"id", detail.metadata.id},
            {"name", detail.metadata.name},
            {"description", detail.metadata.description},
            {"created", detail.metadata.created_us ? Cell::timestamp(*detail.metadata.created_us) : Cell()},
            {"version", detail.version},
            {"modified", Cell::timestamp(detail.modified_us)},
            {"rows", detail.rows},
            {"files", detail.files},
            {"bytes", detail.bytes},
            {"partition columns", Cell::list(detail.partition_columns)},
            {"properties", properties_cell(detail.properties)},
            {"protocol", Cell::object(detail.metadata.protocol)},
        };
        invocation.show_object(named_for(invocation.format(), std::move(all)));
      });
}

}  // namespace lakelet::cli
