#include <fmt/format.h>

#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct Vacuum {
  std::string table, retention, uncommitted;
  bool dry_run = false, full = false, lite = false, force = false;

  VacuumOptions options() const {
    if (full && lite)
      throw Error(ErrorCode::InvalidArgument, "--full and --lite exclude each other", "keep one of them");
    if (!uncommitted.empty() && !full) {
      throw Error(ErrorCode::InvalidArgument, "--uncommitted is only for files that no version names", "add --full");
    }
    VacuumOptions options;
    if (!retention.empty()) options.retention = parse_duration(retention);
    if (!uncommitted.empty()) options.uncommitted = parse_duration(uncommitted);
    options.full = full;
    options.force = force;
    options.dry_run = dry_run;
    return options;
  }
};

void show_found(Invocation& invocation, const VacuumReport& report) {
  Grid grid({{"path"}, {"bytes", true}, {"modified"}});
  for (const VacuumReport::File& file : report.found) {
    grid.add({file.path, file.bytes, Cell::timestamp(file.modified_us)});
  }
  invocation.show(grid);
  invocation.messages().summary(fmt::format("would delete {} ({}) that no version since {} needs",
                                            counted(report.files, "file"), byte_count(report.bytes),
                                            Cell::timestamp(report.kept_since_us).text));
}

void show_done(Invocation& invocation, const VacuumReport& report) {
  if (invocation.format() == OutputFormat::Json || invocation.format() == OutputFormat::Jsonl) {
    return invocation.show_object({{"version", report.version},
                                   {"retention_seconds", std::int64_t{report.retention.count() / 1'000'000}},
                                   {"kept_since", Cell::timestamp(report.kept_since_us)},
                                   {"files_deleted", report.files_deleted},
                                   {"bytes_deleted", report.bytes_deleted},
                                   {"files_spared", report.files_spared}});
  }
  invocation.messages().summary(report.files == 0
                                    ? fmt::format("nothing to delete: every file is needed by a version since {}",
                                                  Cell::timestamp(report.kept_since_us).text)
                                    : fmt::format("{} deleted ({}) in {:.2f} s", counted(report.files_deleted, "file"),
                                                  byte_count(report.bytes_deleted), report.seconds));
}

}  // namespace

void declare_vacuum(Command command) {
  const auto vacuum = std::make_shared<Vacuum>();
  command.positional("TABLE", vacuum->table, "Path or URI of the table")
      .option("--retention", vacuum->retention, "DURATION",
              "Versions of that time stay whole, for example 7d or 36h (default: what the table says)")
      .flag("--dry-run", vacuum->dry_run, "Only list the files that would be deleted")
      .flag("--full", vacuum->full, "List the table's folder, and delete files that no version names too")
      .flag("--lite", vacuum->lite, "Delete what the log says was removed, without listing the folder (the default)")
      .option("--uncommitted", vacuum->uncommitted, "DURATION",
              "With --full: younger files that no version names may be a writer's, and stay (default: 1h; where "
              "the format says so, and without --force, longer)")
      .flag("--force", vacuum->force, "Also with a retention that is shorter than the table's own")
      .example("lakelet vacuum lake/weather --dry-run")
      .example("lakelet vacuum lake/weather --full --retention 30d")
      .example("lakelet vacuum lake/weather --retention 0h --force")
      .action([vacuum](Invocation& invocation) {
        const VacuumOptions options = vacuum->options();
        const VacuumReport report = invocation.session().open(vacuum->table).vacuum(options);
        options.dry_run ? show_found(invocation, report) : show_done(invocation, report);
        if (report.files_spared > 0) {
          invocation.messages().summary(fmt::format("{} of no version {} too young to be deleted (--uncommitted)",
                                                    counted(report.files_spared, "file"),
                                                    report.files_spared == 1 ? "is" : "are"));
        }
      });
}

}  // namespace lakelet::cli
