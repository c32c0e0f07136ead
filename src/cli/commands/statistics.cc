#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/table_version.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct Statistics {
  std::string table;
  std::optional<std::int64_t> version;
};

}  // namespace

void declare_statistics(Command command) {
  const auto options = std::make_shared<Statistics>();
  command.positional("TABLE", options->table, "Path or URI, with @v3 ... for an older version")
      .option("--version", options->version, "N", "As TABLE@vN")
      .example("lakelet statistics lake/weather")
      .action([options](Invocation& invocation) {
        const std::string table = with_version(options->table, options->version);
        invocation.show(invocation.session().open(table).scan().statistics());
      });
}

}  // namespace lakelet::cli
