#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/invocation.h"

namespace lakelet::cli {
namespace {

void declare_show(Command command) {
  const auto substitute = std::make_shared<bool>(false);
  command
      .flag("--with-env-vars-substitution,--substitute", *substitute,
            "Put in what environment variables say; secrets stay hidden")
      .example("lakelet config show")
      .action([substitute](Invocation& invocation) {
        invocation.show_text(invocation.configuration_file().text(*substitute));
      });
}

// All that is wrong, as a table; the first of it is the error.
void validate(Invocation& invocation) {
  const ConfigurationFile file = invocation.configuration_file();
  const auto problems = file.problems();
  if (!problems.empty()) {
    Grid grid({{"where"}, {"severity"}, {"message"}});
    for (const auto& problem : problems)
      grid.add({problem.where, problem.wrong ? "error" : "warning", problem.message});
    invocation.show(grid);
  }
  const auto wrong = std::count_if(problems.begin(), problems.end(), [](const auto& one) { return one.wrong; });
  if (wrong > 0) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{}: {} thing{} wrong", file.uri(), wrong, wrong == 1 ? " is" : "s are"),
                "the table above has the lines");
  }
  const ConfiguredContents contents = file.contents();
  invocation.messages().summary(
      fmt::format("{} is valid: {} tables, {} queries", file.uri(), contents.tables.size(), contents.queries.size()));
}

}  // namespace

void declare_config(Command command) {
  command.example("lakelet config validate")
      .command("show", "Print the configuration, with what it includes in it and without its secrets", &declare_show)
      .command("validate", "Check the configuration, and say what is wrong by its line",
               [](Command check) { check.example("lakelet config validate").action(&validate); })
      .command("schema", "Print a JSON schema of the configuration, for editors", [](Command schema) {
        schema.example("lakelet config schema > lakelet.schema.json").action([](Invocation& invocation) {
          invocation.show_text(ConfigurationFile::schema());
        });
      });
}

}  // namespace lakelet::cli
