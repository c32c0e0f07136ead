// update and delete.
#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/write_flags.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

struct Change {
  std::string table, where;
  std::vector<std::string> set;
  bool all = false;
  WriteFlags write;

  // Forgetting the predicate must not change every row.
  void require_scope(const char* verb) const {
    if (where.empty() == all) return;
    throw Error(ErrorCode::InvalidArgument,
                where.empty() ? std::string("no --where: which rows to ") + verb + "?"
                              : std::string("--all and --where exclude each other"),
                where.empty() ? "add --where PREDICATE, or --all for every row" : "keep one of them");
  }
};

}  // namespace

void declare_update(Command command) {
  const auto change = std::make_shared<Change>();
  command.positional("TABLE", change->table, "Path or URI of the table")
      .option("--set", change->set, "SET", "What changes: \"a = a + 1, b = 'x'\"; may be repeated")
      .require("--set")
      .option("--where", change->where, "PREDICATE", "Which rows (those for which it is true)")
      .flag("--all", change->all, "Every row");
  change->write.declare(command);
  command.example("lakelet update lake/weather --set \"temperature = temperature - 273.15\" --where \"city = 'Paris'\"")
      .action([change](Invocation& invocation) {
        change->require_scope("update");
        Assignments set;
        for (const std::string& text : change->set) {
          for (auto& assignment : parse_assignments(text)) set.push_back(std::move(assignment));
        }
        Table table = invocation.session().open(change->table);
        invocation.show_report("update", table.update(set, change->where, change->write.options()));
      });
}

void declare_delete(Command command) {
  const auto change = std::make_shared<Change>();
  command.positional("TABLE", change->table, "Path or URI of the table")
      .option("--where", change->where, "PREDICATE", "Which rows (those for which it is true)")
      .flag("--all", change->all, "Every row");
  change->write.declare(command);
  command.example("lakelet delete lake/weather --where \"time < '2024-01-01'\"")
      .action([change](Invocation& invocation) {
        change->require_scope("delete");
        Table table = invocation.session().open(change->table);
        invocation.show_report("delete", table.delete_rows(change->where, change->write.options()));
      });
}

}  // namespace lakelet::cli
