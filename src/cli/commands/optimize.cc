// optimize: fewer, larger and better ordered files.
#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/commands/write_flags.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct Optimize {
  std::string table, where, z_order, hilbert, sort_by, commit_bytes, most_deleted;
  std::optional<std::int64_t> commit_seconds;
  bool full = false, purge = false, dry_run = false;
  WriteFlags write;

  OptimizeOptions options() const;
};

double share(const std::string& text) {
  double value = -1;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec == std::errc{} && read.ptr == end && value >= 0 && value <= 1) return value;
  throw Error(ErrorCode::InvalidArgument, "--most-deleted needs a share, not '" + text + "'",
              "a number between 0 and 1, such as 0.05");
}

OptimizeOptions Optimize::options() const {
  OptimizeOptions options;
  options.write = write.options();
  options.where = where;
  options.target_bytes = options.write.files.target_bytes;
  options.z_order = split_list(z_order);
  options.hilbert = split_list(hilbert);
  options.sort_by = split_list(sort_by);
  options.full = full;
  options.purge = purge;
  if (!most_deleted.empty()) options.most_deleted = share(most_deleted);
  if (!commit_bytes.empty()) options.commit_bytes = parse_byte_size(commit_bytes);
  if (commit_seconds) {
    if (*commit_seconds < 0) throw Error(ErrorCode::InvalidArgument, "--commit-seconds can't be negative");
    options.commit_interval = std::chrono::seconds(*commit_seconds);
  }
  return options;
}

std::string text_of(const PartitionValues& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    text += fmt::format("{}{}={}", text.empty() ? "" : "/", name, value.value_or("NULL"));
  }
  return text;
}

void show_plan(const OptimizePlan& plan, Invocation& invocation) {
  Grid grid({{"partition"}, {"files", true}, {"bytes", true}, {"deleted_rows", true}, {"files_after", true}});
  std::int64_t files = 0, after = 0;
  std::uint64_t bytes = 0;
  for (const OptimizeGroup& group : plan.groups) {
    files += group.files;
    after += group.files_after;
    bytes += group.bytes;
    grid.add({Cell(text_of(group.partition)), group.files, group.bytes,
              group.deleted_rows >= 0 ? Cell(group.deleted_rows) : Cell(), group.files_after});
  }
  invocation.show(grid);
  const std::string placed =
      plan.columns.empty() ? "" : fmt::format(", placed by {} ({})", fmt::join(plan.columns, ", "), plan.placement);
  invocation.messages().summary(
      plan.groups.empty()
          ? fmt::format("optimize: nothing to do, {} considered", counted(plan.files_considered, "file"))
          : fmt::format("optimize would write {} of {} ({}) again as about {}{}", files,
                        counted(plan.files_considered, "file"), byte_count(bytes), after, placed));
}

void show(const OptimizeReport& report, Invocation& invocation) {
  if (invocation.format() == OutputFormat::Json || invocation.format() == OutputFormat::Jsonl) {
    return invocation.show_object(
        {{"version", report.version >= 0 ? Cell(report.version) : Cell()},
         {"commits", std::int64_t{report.commits}},
         {"groups", report.groups},
         {"groups_lost", std::int64_t{report.groups_lost}},
         {"files_considered", report.files_considered},
         {"files_removed", report.files_removed},
         {"files_added", report.files_added},
         {"bytes_removed", report.bytes_removed},
         {"bytes_added", report.bytes_added},
         {"rows_copied", report.rows_copied},
         {"rows_purged", report.rows_purged},
         {"bytes_read", report.bytes_read},
         {"bytes_spilled", report.bytes_spilled},
         {"commit_retries", std::int64_t{report.commit_retries}},
         {"seconds", Cell::with_json(fmt::format("{:.6f}", report.seconds), fmt::format("{:.6f}", report.seconds))}});
  }
  if (report.commits == 0) {
    return invocation.messages().summary(fmt::format("optimize: nothing to do, {} considered in {:.2f} s",
                                                     counted(report.files_considered, "file"), report.seconds));
  }
  std::string line = fmt::format("version {}: {} ({}) became {} ({}) in {:.2f} s", report.version,
                                 counted(report.files_removed, "file"), byte_count(report.bytes_removed),
                                 report.files_added, byte_count(report.bytes_added), report.seconds);
  if (report.rows_purged > 0) line += fmt::format(", {} purged", counted(report.rows_purged, "deleted row"));
  if (report.bytes_spilled > 0) line += fmt::format(", {} spilled", byte_count(report.bytes_spilled));
  if (report.commits > 1) line += fmt::format(", {} commits", report.commits);
  invocation.messages().summary(line);
}

}  // namespace

void declare_optimize(Command command) {
  const auto optimize = std::make_shared<Optimize>();
  command.positional("TABLE", optimize->table, "Path or URI of the table")
      .option("--where", optimize->where, "PREDICATE", "Only files in which a row may be for which it holds")
      .option("--z-order", optimize->z_order, "COLUMNS", "Place rows along a Z curve by these columns: a,b")
      .option("--hilbert", optimize->hilbert, "COLUMNS", "Place rows along a Hilbert curve by these columns")
      .option("--sort-by", optimize->sort_by, "COLUMNS", "Sort rows by these columns")
      .flag("--full", optimize->full, "Place rows again that were placed so before")
      .flag("--purge", optimize->purge, "Only write files again that have deleted rows, all of them")
      .option("--most-deleted", optimize->most_deleted, "SHARE",
              "Of deleted rows that a large file may keep (default: 0.05)")
      .option("--commit-bytes", optimize->commit_bytes, "SIZE",
              "Commit whenever files of so many bytes were written again (default: once, at the end)")
      .option("--commit-seconds", optimize->commit_seconds, "N", "Commit after so many seconds at the latest")
      .flag("--dry-run", optimize->dry_run, "Show what would be written again, and write nothing");
  optimize->write.declare(command);
  command.example("lakelet optimize lake/weather")
      .example("lakelet optimize lake/weather --z-order city,time --dry-run")
      .example("lakelet optimize lake/weather --where \"day >= '2024-01-01'\" --target-size 256MB")
      .example("lakelet optimize lake/weather --purge")
      .action([optimize](Invocation& invocation) {
        const OptimizeOptions options = optimize->options();
        Table table = invocation.session().open(optimize->table);
        if (optimize->dry_run) return show_plan(table.plan_optimize(options), invocation);
        show(table.optimize(options), invocation);
      });
}

}  // namespace lakelet::cli
