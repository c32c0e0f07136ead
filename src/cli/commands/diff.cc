#include <fmt/format.h>

#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

Grid change_grid(const std::vector<std::pair<std::string, const std::vector<NamedChange>*>>& lists) {
  Grid grid({{"kind"}, {"name"}, {"before"}, {"after"}});
  for (const auto& [kind, changes] : lists) {
    for (const NamedChange& change : *changes) grid.add({kind, change.name, change.before, change.after});
  }
  return grid;
}

Grid file_grid(const Diff& diff) {
  Grid grid({{"change"}, {"path"}});
  for (const std::string& path : diff.removed_files()) grid.add({"removed", path});
  for (const std::string& path : diff.added_files()) grid.add({"added", path});
  return grid;
}

std::string summary(const Diff& diff) {
  const FileDifferences& files = diff.files();
  std::string line =
      fmt::format("version {} to {}: {} added, {} removed, {} with other deleted rows, {} in both", diff.from(),
                  diff.to(), counted(files.added, "file"), files.removed, files.rows_removed, files.common);
  const auto add = [&](const std::vector<NamedChange>& changes, const char* one, const char* more) {
    if (changes.empty()) return;
    const auto count = static_cast<std::int64_t>(changes.size());
    line += fmt::format(", {} {}", counted(count, one, more), count == 1 ? "differs" : "differ");
  };
  add(diff.columns(), "column", "columns");
  add(diff.properties(), "property", "properties");
  add(diff.metadata(), "other fact", "other facts");
  return line;
}

struct DiffCommand {
  std::string before, after, show = "rows";
  std::vector<std::string> key;

  void run(Invocation& invocation) const {
    DiffOptions options;
    for (const std::string& list : key) {
      for (std::string& column : split_list(list)) options.key.push_back(std::move(column));
    }
    const Table from = invocation.session().open(before);
    const Diff diff = from.diff(invocation.session().open(after), options);
    if (show == "schema") {
      Grid grid = change_grid({{"column", &diff.columns()}});
      invocation.show(grid);
    } else if (show == "properties") {
      Grid grid = change_grid({{"property", &diff.properties()}, {"metadata", &diff.metadata()}});
      invocation.show(grid);
    } else if (show == "files") {
      Grid grid = file_grid(diff);
      invocation.show(grid);
    } else if (show == "summary") {
      show_counts(diff, invocation);
    } else {
      invocation.show(diff.rows());
    }
    if (show != "summary") invocation.messages().summary(summary(diff));
  }

  static void show_counts(const Diff& diff, Invocation& invocation) {
    const RowDifferences rows = diff.count();
    const FileDifferences& files = diff.files();
    const auto count = [](const auto& list) { return static_cast<std::int64_t>(list.size()); };
    invocation.show_object({{"from", diff.from()},
                            {"to", diff.to()},
                            {"rows_inserted", rows.inserted},
                            {"rows_deleted", rows.deleted},
                            {"rows_updated", rows.updated},
                            {"columns_changed", count(diff.columns())},
                            {"properties_changed", count(diff.properties())},
                            {"metadata_changed", count(diff.metadata())},
                            {"files_added", files.added},
                            {"files_removed", files.removed},
                            {"files_with_other_deletes", files.rows_removed},
                            {"files_in_both", files.common},
                            {"bytes_added", files.added_bytes},
                            {"bytes_removed", files.removed_bytes}});
  }
};

}  // namespace

void declare_diff(Command command) {
  const auto diff = std::make_shared<DiffCommand>();
  command.positional("BEFORE", diff->before, "The earlier version: path or URI with @v3, @2025-01-31T12:00:00Z ...")
      .positional("AFTER", diff->after, "The later one; without an @ the newest")
      .option("--key", diff->key, "A,B", "Columns by which a row is known again, so that updates show as such")
      .choice("--show", diff->show, {"rows", "summary", "schema", "properties", "files"},
              "What of the difference (default: rows)")
      .example("lakelet diff lake/weather@v3 lake/weather@v5 --key time,city")
      .example("lakelet diff lake/weather@v3 lake/weather --show summary --format json")
      .action([diff](Invocation& invocation) { diff->run(invocation); });
}

}  // namespace lakelet::cli
