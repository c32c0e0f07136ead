// branch and tag: names for versions of a table.
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>

#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct ReferenceCommand {
  bool branch = true;
  std::string table, name, at, retain, keep_age, forward_to;
  std::optional<std::int64_t> keep_versions;
  bool drop = false, replace = false, if_exists = false, if_not_exists = false;

  bool sets_retention() const { return !retain.empty() || !keep_age.empty() || keep_versions; }

  ReferenceRetention retention() const {
    const auto age = [](const std::string& text) -> std::optional<std::int64_t> {
      if (text.empty()) return std::nullopt;
      return std::chrono::duration_cast<std::chrono::milliseconds>(parse_duration(text)).count();
    };
    ReferenceRetention result;
    result.reference_age_ms = age(retain);
    result.version_age_ms = age(keep_age);
    if (keep_versions) result.versions = static_cast<int>(std::min<std::int64_t>(*keep_versions, INT32_MAX));
    return result;
  }

  LayoutChange layout_change(const Table& table) const {
    if (drop) return DropReference{name, branch, if_exists};
    if (!forward_to.empty()) return FastForward{name, forward_to};
    bool there = false;
    for (const Reference& each : table.references()) there = there || each.name == name;
    if (there && !replace && !if_not_exists && at.empty() && sets_retention()) {
      return SetReferenceRetention{name, retention()};
    }
    SetReference change;
    change.name = name;
    change.branch = branch;
    if (!at.empty()) change.version = parse_version_selector(at);
    change.replace = replace;
    change.keep = if_not_exists;
    change.retention = retention();
    return change;
  }
};

void list(Invocation& invocation, const Table& table, bool branches) {
  Grid grid({{"name"}, {"version", true}});
  for (const Reference& each : table.references()) {
    if (each.branch == branches) grid.add({each.name, each.version});
  }
  invocation.show(grid);
}

void run(Invocation& invocation, const ReferenceCommand& command) {
  Table table = invocation.session().open(command.table);
  if (command.name.empty()) return list(invocation, table, command.branch);
  const Report report = table.change_layout({command.layout_change(table)});
  if (invocation.format() == OutputFormat::Json) {
    return invocation.show_report(command.branch ? "branch" : "tag", report);
  }
  const char* const kind = command.branch ? "branch" : "tag";
  for (const Reference& each : table.references()) {
    if (each.name != command.name) continue;
    return invocation.messages().summary(fmt::format("{} {}: version {}", kind, each.name, each.version));
  }
  invocation.messages().summary(fmt::format("{} {} is gone", kind, command.name));
}

Command& declare(Command& command, const std::shared_ptr<ReferenceCommand>& own) {
  const std::string kind = own->branch ? "branch" : "tag";
  return command.positional("TABLE", own->table, "Path or URI of the table")
      .positional("NAME", own->name, "Its name; without one they are listed", false)
      .option("--at", own->at, "VERSION", "A version, time, branch or tag that it names (default: the newest version)")
      .flag("--replace", own->replace, "Also if there is one of that name")
      .flag("--if-not-exists", own->if_not_exists, "Do nothing if there is one of that name")
      .flag("--drop", own->drop, "Drop it; its versions stay until vacuum finds that nobody needs them")
      .flag("--if-exists", own->if_exists, "--drop: do nothing if it isn't there")
      .option("--retain", own->retain, "DURATION", "How old its version may get before vacuum drops the " + kind)
      .action([own](Invocation& invocation) { run(invocation, *own); });
}

}  // namespace

void declare_branch(Command command) {
  const auto own = std::make_shared<ReferenceCommand>();
  declare(command, own)
      .option("--forward-to", own->forward_to, "NAME", "Go on to that branch or tag, which came out of this one")
      .option("--keep-versions", own->keep_versions, "N", "So many of its versions stay whatever their age")
      .option("--keep-age", own->keep_age, "DURATION", "How long its versions stay")
      .example("lakelet branch lake/weather audit")
      .example("lakelet import lake/weather@audit day2.csv")
      .example("lakelet branch lake/weather main --forward-to audit");
}

void declare_tag(Command command) {
  const auto own = std::make_shared<ReferenceCommand>();
  own->branch = false;
  declare(command, own)
      .example("lakelet tag lake/weather end-of-year --at 2025-12-31T23:59:59Z --retain 365d")
      .example("lakelet tag lake/weather end-of-year --drop");
}

}  // namespace lakelet::cli
