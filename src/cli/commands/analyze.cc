#include <fmt/format.h>

#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct Analyze {
  std::string table;
  std::vector<std::string> columns, user_metadata;
  AnalyzeOptions options;

  void run(Invocation& invocation) {
    for (const std::string& list : columns) {
      for (std::string& column : split_list(list)) options.columns.push_back(std::move(column));
    }
    for (auto& [name, value] : split_pairs(user_metadata, "--user-metadata")) options.user_metadata[name] = value;
    const AnalyzeReport report = invocation.session().open(table).analyze(options);
    if (invocation.format() == OutputFormat::Json) {
      return invocation.show_object({{"version", report.version < 0 ? Cell() : Cell(report.version)},
                                     {"files", report.files},
                                     {"files_read", report.read},
                                     {"files_changed", report.changed}});
    }
    if (options.dry_run) {
      return invocation.messages().summary(
          fmt::format("would read {} of {}", report.read, counted(report.files, "file")));
    }
    const std::string done =
        report.version < 0 ? std::string("nothing to change") : fmt::format("version {}", report.version);
    invocation.messages().summary(fmt::format("{}: {} of {} read, {} with other statistics, in {:.2f} s", done,
                                              report.read, counted(report.files, "file"), report.changed,
                                              report.seconds));
  }
};

}  // namespace

void declare_analyze(Command command) {
  const auto analyze = std::make_shared<Analyze>();
  command.positional("TABLE", analyze->table, "Path or URI of the table")
      .option("--columns", analyze->columns, "A,B", "Only these (default: those of which the table keeps statistics)")
      .flag("--full", analyze->options.full, "Read every file, not just those that lack something")
      .flag("--dry-run", analyze->options.dry_run, "Only say what would be read")
      .option("--user-metadata", analyze->user_metadata, "NAME=VALUE", "Kept in the table's history; may be repeated")
      .example("lakelet analyze lake/weather")
      .example("lakelet analyze lake/weather --full --columns time,city")
      .action([analyze](Invocation& invocation) { analyze->run(invocation); });
}

}  // namespace lakelet::cli
