#include <fmt/format.h>

#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct Changes {
  std::string table, from, to, where;
  std::vector<std::string> columns;
  std::optional<std::int64_t> limit;

  void run(Invocation& invocation) const {
    if (limit && *limit < 0) throw Error(ErrorCode::InvalidArgument, fmt::format("--limit {} is negative", *limit));
    const Table opened = invocation.session().open(table);
    const VersionSelector end = to.empty() ? VersionSelector(LatestVersion{}) : parse_version_selector(to);
    std::vector<std::string> selected;
    for (const std::string& list : columns) {
      for (std::string& column : split_list(list)) selected.push_back(std::move(column));
    }
    Scan scan = opened.changes(parse_version_selector(from), end).select(std::move(selected));
    if (!where.empty()) scan = scan.where(where);
    if (limit.value_or(0) > 0) scan = scan.limit(*limit);
    const std::int64_t count = invocation.show(scan.rows());
    if (!invocation.for_reading() || count < 0) return;
    invocation.messages().summary(counted(count, "change"));
  }
};

}  // namespace

void declare_changes(Command command) {
  const auto changes = std::make_shared<Changes>();
  command.positional("TABLE", changes->table, "Path or URI of the table; with @v3 its changes up to that version")
      .option("--from", changes->from, "VERSION", "First version, or a time (2025-01-31T12:00:00Z)")
      .require("--from")
      .option("--to", changes->to, "VERSION", "Last version, or a time (default: the newest)")
      .option("--cols", changes->columns, "A,B", "Columns to show, _change_type and the like too (default: all)")
      .option("--where", changes->where, "PREDICATE", "Changes to show")
      .option("--limit", changes->limit, "N", "At most N rows; 0: all (default: all)")
      .example("lakelet changes lake/weather --from 3 --to 5 --where \"_change_type = 'delete'\"")
      .action([changes](Invocation& invocation) { changes->run(invocation); });
}

}  // namespace lakelet::cli
