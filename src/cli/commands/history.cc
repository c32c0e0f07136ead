#include <algorithm>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/invocation.h"
#include "cli/render/display_width.h"

namespace lakelet::cli {
namespace {

constexpr std::size_t kWidestForReading = 60;

using Members = std::vector<std::pair<std::string, std::string>>;

Cell members_cell(const std::map<std::string, std::string>& members, bool reading) {
  Members shown;
  for (const auto& [name, value] : members) {
    // Counters that stand at zero tell a person nothing.
    if (!reading || (value != "0" && value != "[]" && value != "{}" && !value.empty())) shown.emplace_back(name, value);
  }
  Cell cell = Cell::object(shown);
  if (reading) cell.text = truncate_to_width(cell.text, kWidestForReading);
  return cell;
}

struct History {
  std::string table;
  std::optional<std::int64_t> limit;

  void run(Invocation& invocation) const {
    if (limit && *limit < 0) throw Error(ErrorCode::InvalidArgument, "--limit must not be negative");
    const bool reading = invocation.for_reading();
    const Table opened = invocation.session().open(table);
    Grid grid({{"version", true}, {"timestamp"}, {"operation"}, {"parameters"}, {"metrics"}, {"user"}, {"engine"}});
    for (const HistoryEntry& entry : opened.history(limit)) {
      const auto text = [](const std::string& value) { return value.empty() ? Cell() : Cell(value); };
      grid.add({entry.version, Cell::timestamp(entry.timestamp_us), text(entry.operation),
                members_cell(entry.parameters, reading), members_cell(entry.metrics, reading), text(entry.user),
                text(entry.engine)});
    }
    invocation.show(grid);
  }
};

}  // namespace

void declare_history(Command command) {
  const auto history = std::make_shared<History>();
  command.positional("TABLE", history->table, "Path or URI of the table")
      .option("--limit", history->limit, "N", "Only the newest N versions")
      .example("lakelet history lake/weather --limit 5")
      .action([history](Invocation& invocation) { history->run(invocation); });
}

}  // namespace lakelet::cli
