#include <fmt/format.h>

#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

std::string summary(const CloneReport& report, bool shallow) {
  const std::string files = fmt::format("{}, {}", counted(report.files, "file"), byte_count(report.bytes));
  if (report.version < 0) {
    return fmt::format("would make {} from version {}: {} {}", report.uri, report.source_version, files,
                       shallow ? fmt::format("that {} where {}", report.files == 1 ? "stays" : "stay",
                                             report.files == 1 ? "it is" : "they are")
                               : "to copy");
  }
  std::string line = fmt::format("{} is version {} of the source: {}", report.uri, report.source_version, files);
  line += shallow ? ", none copied" : fmt::format(", {} copied", report.copied_files);
  if (report.kept_files > 0)
    line += fmt::format(", {} {} there", report.kept_files, report.kept_files == 1 ? "was" : "were");
  return line + fmt::format(", in {:.2f} s", report.seconds);
}

struct Clone {
  std::string table, destination;
  std::vector<std::string> user_metadata;
  CloneOptions options;

  void run(Invocation& invocation) {
    for (auto& [name, value] : split_pairs(user_metadata, "--user-metadata")) options.user_metadata[name] = value;
    const CloneReport report = invocation.session().open(table).clone(destination, options);
    if (invocation.format() != OutputFormat::Json)
      return invocation.messages().summary(summary(report, options.shallow));
    invocation.show_object(
        {{"uri", report.uri},
         {"version", report.version < 0 ? Cell() : Cell(report.version)},
         {"source_version", report.source_version},
         {"files", report.files},
         {"bytes", report.bytes},
         {"copied_files", report.copied_files},
         {"copied_bytes", report.copied_bytes},
         {"kept_files", report.kept_files},
         {"seconds", Cell::with_json(fmt::format("{:.6f}", report.seconds), fmt::format("{:.6f}", report.seconds))}});
  }
};

}  // namespace

void declare_clone(Command command) {
  const auto clone = std::make_shared<Clone>();
  command.positional("TABLE", clone->table, "Path or URI, with @v3 ... for an older version")
      .positional("DEST", clone->destination, "Path or URI of the new table")
      .flag("--shallow", clone->options.shallow, "Copy no file: the new table reads those of the old one")
      .flag("--dry-run", clone->options.dry_run, "Only say what would be done")
      .option("--user-metadata", clone->user_metadata, "NAME=VALUE", "Kept in the new table's history; may be repeated")
      .example("lakelet clone lake/weather@v3 lake/weather_backup")
      .example("lakelet clone lake/weather /tmp/experiment --shallow")
      .action([clone](Invocation& invocation) { clone->run(invocation); });
}

}  // namespace lakelet::cli
