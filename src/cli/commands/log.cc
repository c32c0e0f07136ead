// checkpoint, compact-log and clean-log: the files that say what a table is.
#include <fmt/format.h>

#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

// Of a dry run: the files, for people and for scripts. Otherwise a line, or the figures as JSON.
void show(Invocation& invocation, const LogReport& report, bool dry_run, const std::string& done) {
  if (dry_run) {
    Grid grid({{"action"}, {"file"}});
    for (const std::string& file : report.files_written) grid.add({"write", file});
    for (const std::string& file : report.files_removed) grid.add({"delete", file});
    invocation.show(grid);
    return;
  }
  if (invocation.format() == OutputFormat::Json || invocation.format() == OutputFormat::Jsonl) {
    return invocation.show_object({{"version", report.version < 0 ? Cell() : Cell(report.version)},
                                   {"files_written", Cell::list(report.files_written)},
                                   {"bytes_written", report.bytes_written},
                                   {"files_removed", static_cast<std::int64_t>(report.files_removed.size())},
                                   {"bytes_removed", report.bytes_removed}});
  }
  invocation.messages().summary(fmt::format("{} in {:.2f} s", done, report.seconds));
}

struct LogCommand {
  std::string table;
  bool dry_run = false;
  std::optional<std::int64_t> first, last;
};

Command& declare(Command& command, LogCommand& log) {
  return command.positional("TABLE", log.table, "Path or URI of the table")
      .flag("--dry-run", log.dry_run, "Only list the files that would be written or deleted");
}

}  // namespace

void declare_checkpoint(Command command) {
  const auto log = std::make_shared<LogCommand>();
  declare(command, *log).example("lakelet checkpoint lake/weather").action([log](Invocation& invocation) {
    const LogReport report = invocation.session().open(log->table).checkpoint(log->dry_run);
    show(invocation, report, log->dry_run,
         report.version < 0
             ? "there is a checkpoint of the newest version already"
             : fmt::format("checkpoint of version {}: {}", report.version, byte_count(report.bytes_written)));
  });
}

void declare_compact_log(Command command) {
  const auto log = std::make_shared<LogCommand>();
  declare(command, *log)
      .option("--from", log->first, "VERSION", "The first commit (default: the one after the newest checkpoint)")
      .option("--to", log->last, "VERSION", "The last commit (default: the newest)")
      .example("lakelet compact-log lake/weather")
      .example("lakelet compact-log lake/weather --from 10 --to 19")
      .action([log](Invocation& invocation) {
        const LogReport report = invocation.session().open(log->table).compact_log(log->first, log->last, log->dry_run);
        show(invocation, report, log->dry_run,
             report.version < 0
                 ? "nothing to compact"
                 : fmt::format("{}: {}", report.files_written.front(), byte_count(report.bytes_written)));
      });
}

void declare_clean_log(Command command) {
  const auto log = std::make_shared<LogCommand>();
  declare(command, *log).example("lakelet clean-log lake/weather --dry-run").action([log](Invocation& invocation) {
    const LogReport report = invocation.session().open(log->table).clean_log(log->dry_run);
    const auto count = static_cast<std::int64_t>(report.files_removed.size());
    show(invocation, report, log->dry_run,
         count == 0
             ? "nothing of the log is past its retention"
             : fmt::format("{} of the log deleted ({})", counted(count, "file"), byte_count(report.bytes_removed)));
  });
}

}  // namespace lakelet::cli
