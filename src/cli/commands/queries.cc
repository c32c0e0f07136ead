// Saved queries: those of the configuration file.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/query_output.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

std::string parameters_text(const SavedQuery& query) {
  std::string out;
  for (const QueryParameter& parameter : query.parameters) {
    out += fmt::format("{}{}", out.empty() ? "" : ", ", parameter.name);
    if (parameter.default_value) out += " = " + *parameter.default_value;
  }
  return out;
}

void list(Invocation& invocation) {
  Grid grid({{"name"}, {"title"}, {"description"}, {"parameters"}});
  for (const SavedQuery& query : invocation.configuration_file().queries()) {
    const auto text = [](const std::string& value) { return value.empty() ? Cell() : Cell(value); };
    grid.add({query.name, query.title, text(query.description), text(parameters_text(query))});
  }
  invocation.show(grid);
}

struct View {
  std::string name;
  std::vector<std::string> parameters;

  void run(Invocation& invocation) const {
    const auto queries = invocation.configuration_file().queries();
    const auto query = std::find_if(queries.begin(), queries.end(), [&](const auto& one) { return one.name == name; });
    if (query == queries.end()) {
      throw Error(ErrorCode::NotFound, fmt::format("there is no saved query '{}'", name), "see lakelet queries list");
    }
    // What is given blank, or not at all, is the default.
    SqlParameters values;
    for (auto& [key, value] : parameter_pairs(parameters)) {
      if (!value.empty()) values.emplace_back(key, value);
    }
    for (const QueryParameter& parameter : query->parameters) {
      if (parameter.default_value) values.emplace_back(parameter.name, *parameter.default_value);
    }
    show_query(invocation, {query->sql, values, query->totals_row});
  }
};

void declare_view_query(Command command) {
  const auto view = std::make_shared<View>();
  command.positional("QUERY", view->name, "Its name")
      .words("-p,--param", view->parameters, 2, "NAME VALUE",
             "The value of $NAME instead of its default; may be repeated")
      .example("lakelet queries view daily_average -p start_date 2025-01-15")
      .action([view](Invocation& invocation) { view->run(invocation); });
}

}  // namespace

void declare_queries(Command command) {
  command.example("lakelet queries list")
      .command("list", "List the saved queries",
               [](Command list_command) { list_command.example("lakelet queries list").action(&list); })
      .command("view", "Run a saved query", &declare_view_query);
}

}  // namespace lakelet::cli
