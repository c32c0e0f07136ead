// register: a name in a catalog for a table that is there; cherry-pick: what another version added.
#include <fmt/format.h>

#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {

void declare_register(Command command) {
  const auto name = std::make_shared<std::string>(), metadata = std::make_shared<std::string>();
  command.positional("NAME", *name, "The catalog's URI, '#' and the table's name in it")
      .positional("METADATA", *metadata, "The file that says what the table is, the newest of its kind")
      .example("lakelet register 'sqlite:///lake/cat.db#sales.trips' lake/trips/metadata/v3.metadata.json")
      .action([name, metadata](Invocation& invocation) {
        const Table table = invocation.session().register_table(*name, *metadata);
        invocation.messages().summary(fmt::format("{} is version {} of {}", *name, table.version(), *metadata));
      });
}

void declare_cherry_pick(Command command) {
  const auto table = std::make_shared<std::string>(), version = std::make_shared<std::string>();
  command.positional("TABLE", *table, "Path or URI of the table, with @branch for one of its branches")
      .positional("VERSION", *version, "The version whose rows are added: v3, a time, a branch or a tag")
      .example("lakelet cherry-pick lake/weather audit")
      .action([table, version](Invocation& invocation) {
        Table to = invocation.session().open(*table);
        const Report report = to.cherry_pick(parse_version_selector(*version));
        if (invocation.format() == OutputFormat::Json) return invocation.show_report("cherry-pick", report);
        invocation.messages().summary(fmt::format("version {}: {} in {} added", report.version,
                                                  counted(report.rows_inserted, "row"),
                                                  counted(report.files_added, "file")));
      });
}

}  // namespace lakelet::cli
