#include <fmt/format.h>

#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct Restore {
  std::string reference;
  bool dry_run = false, ignore_missing = false;
  std::optional<std::int64_t> if_version;
  std::vector<std::string> user_metadata;

  // "lake/t@v3" -> the table and the version. A path that has an '@' of its own is for open() to find out.
  std::pair<std::string, std::string> parts() const {
    const std::size_t at = reference.rfind('@');
    if (at == std::string::npos || at + 1 == reference.size()) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("{} names no version to restore", reference),
                  fmt::format("lakelet restore {}@v3, or @2025-01-31T12:00:00Z", reference));
    }
    return {reference.substr(0, at), reference.substr(at + 1)};
  }

  RestoreReport run(Session& session) const {
    RestoreOptions options;
    options.dry_run = dry_run;
    options.ignore_missing = ignore_missing;
    options.if_version = if_version;
    for (const auto& [key, value] : split_pairs(user_metadata, "--user-metadata")) options.user_metadata[key] = value;
    const auto [table, version] = parts();
    return session.open(table).restore(parse_version_selector(version), options);
  }
};

void show(Invocation& invocation, const RestoreReport& report, bool dry_run) {
  if (invocation.format() == OutputFormat::Json || invocation.format() == OutputFormat::Jsonl) {
    return invocation.show_object({{"version", report.version < 0 ? Cell() : Cell(report.version)},
                                   {"restored_version", report.restored},
                                   {"files_restored", report.files_restored},
                                   {"bytes_restored", report.bytes_restored},
                                   {"files_removed", report.files_removed},
                                   {"bytes_removed", report.bytes_removed},
                                   {"files", report.files},
                                   {"bytes", report.bytes},
                                   {"missing", Cell::list(report.missing)}});
  }
  const auto files = [](std::int64_t count) { return counted(count, "file"); };
  const std::string what =
      fmt::format("{} restored ({}), {} removed ({})", files(report.files_restored), byte_count(report.bytes_restored),
                  files(report.files_removed), byte_count(report.bytes_removed));
  if (dry_run) {
    invocation.messages().summary(fmt::format("would be as version {}: {}", report.restored, what));
  } else if (report.version < 0) {
    invocation.messages().summary(fmt::format("the table is as version {} already", report.restored));
  } else {
    invocation.messages().summary(fmt::format("version {} is as version {}: {} in {:.2f} s", report.version,
                                              report.restored, what, report.seconds));
  }
  if (!report.missing.empty()) {
    invocation.messages().summary(fmt::format("{} {} gone, and so are their rows",
                                              files(static_cast<std::int64_t>(report.missing.size())),
                                              report.missing.size() == 1 ? "is" : "are"));
  }
}

}  // namespace

void declare_restore(Command command) {
  const auto restore = std::make_shared<Restore>();
  command.positional("TABLE@VERSION", restore->reference, "The table and what it is to be like: @v3, or a time")
      .flag("--dry-run", restore->dry_run, "Only say what would come back and go")
      .flag("--ignore-missing", restore->ignore_missing, "Leave out data files that are gone, and their rows")
      .option("--if-version", restore->if_version, "N", "Only on top of exactly this version")
      .option("--user-metadata", restore->user_metadata, "KEY=VALUE", "Kept in the table's history; may be repeated")
      .example("lakelet restore lake/weather@v3")
      .example("lakelet restore lake/weather@2025-01-31T12:00:00Z --dry-run")
      .action([restore](Invocation& invocation) {
        show(invocation, restore->run(invocation.session()), restore->dry_run);
      });
}

}  // namespace lakelet::cli
