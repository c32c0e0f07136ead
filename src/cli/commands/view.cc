#include <fmt/format.h>

#include <memory>

#include "base/amount_text.h"
#include "cli/commands/commands.h"
#include "cli/commands/table_version.h"
#include "cli/invocation.h"
#include "cli/render/first_rows.h"

namespace lakelet::cli {
namespace {

constexpr std::int64_t kRowsForReading = 10;

struct View {
  std::string table, where;
  std::vector<std::string> columns, ascending, descending;
  std::optional<std::int64_t> limit, version;

  Scan scan(const Table& opened) const {
    std::vector<std::string> selected;
    for (const std::string& list : columns) {
      for (std::string& column : split_list(list)) selected.push_back(std::move(column));
    }
    Scan scan = opened.scan().select(std::move(selected));
    if (!where.empty()) scan = scan.where(where);
    for (const std::string& list : ascending) {
      for (const std::string& column : split_list(list)) scan = scan.order_by(column);
    }
    for (const std::string& list : descending) {
      for (const std::string& column : split_list(list)) scan = scan.order_by(column, true);
    }
    return scan;
  }

  void run(Invocation& invocation) const {
    if (limit && *limit < 0) throw Error(ErrorCode::InvalidArgument, fmt::format("--limit {} is negative", *limit));
    Scan rows = scan(invocation.session().open(with_version(table, version)));
    // Where rows go to a file or a program, all of them do unless --limit says otherwise; 0 means all.
    const std::int64_t most = limit.value_or(invocation.for_reading() ? kRowsForReading : 0);
    if (most == 0) {
      summarise(invocation, invocation.show(rows.rows()), false);
    } else if (!invocation.for_reading()) {
      invocation.show(rows.limit(most).rows());
    } else {
      QueryRows all(rows.limit(most + 1).rows());
      FirstRows first(all, most);
      const std::int64_t count = invocation.show(first);
      summarise(invocation, count, first.cut());
    }
  }

  static void summarise(Invocation& invocation, std::int64_t count, bool cut) {
    if (!invocation.for_reading() || count < 0) return;
    const std::string shown = counted(count, "row");
    invocation.messages().summary(cut ? shown + " shown, there are more (--limit 0 shows all)" : shown);
  }
};

}  // namespace

void declare_view(Command command) {
  const auto view = std::make_shared<View>();
  command
      .positional("TABLE", view->table, "Path or URI, with @v3, @2025-01-31T12:00:00Z or @branch for an older version")
      .lists("--cols", view->columns, "A,B", "Columns to show (default: all)")
      .option("--where", view->where, "PREDICATE", "Rows to show")
      .option("--sort-asc", view->ascending, "A,B", "Sort by these columns, smallest first")
      .option("--sort-desc", view->descending, "A,B", "Sort by these columns, largest first")
      .option("--version", view->version, "N", "As TABLE@vN")
      .option("--limit", view->limit, "N",
              "At most N rows; 0: all (default: 10 on screen, all into files and pipes of data)")
      .example("lakelet view lake/weather@v1 --where \"temperature > 30\" --sort-desc temperature --limit 20")
      .action([view](Invocation& invocation) { view->run(invocation); });
}

}  // namespace lakelet::cli
