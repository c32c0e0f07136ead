#include "cli/program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <iostream>

#include "cli/command_tree.h"
#include "cli/commands/commands.h"
#include "cli/completion_script.h"
#include "cli/exit_code.h"
#include "cli/invocation.h"
#include "cli/man_page.h"
#include "lakelet/version.h"

namespace lakelet::cli {
namespace {

using Declare = void (*)(Command);

struct Listed {
  const char* name;
  const char* help;
  Declare declare;
};

constexpr Listed kCommands[] = {
    {"create", "Make a new table", &declare_create},
    {"clone", "Make a copy of a table, with its files or with references to them", &declare_clone},
    {"convert", "Make a folder of Parquet files, or a table of another format, a table, without copying files",
     &declare_convert},
    {"import", "Add the rows of files to a table, or replace its rows", &declare_import},
    {"add-files", "Take Parquet files that are there into a table, without copying them", &declare_add_files},
    {"merge", "Upsert: update, insert and delete rows by those of a source", &declare_merge},
    {"update", "Change rows", &declare_update},
    {"delete", "Remove rows", &declare_delete},
    {"alter", "Change a table's columns, constraints, properties or description", &declare_alter},
    {"optimize", "Make a table's files fewer, larger and better ordered", &declare_optimize},
    {"sql", "Run SQL over tables", &declare_sql},
    {"view", "Show rows of a table, at any version", &declare_view},
    {"changes", "Show what happened to a table's rows between two versions", &declare_changes},
    {"diff", "Show what lies between two versions: rows, columns, properties, files", &declare_diff},
    {"schema", "Show a table's columns", &declare_schema},
    {"metadata", "Show what a table says of itself", &declare_metadata},
    {"history", "Show a table's versions, newest first", &declare_history},
    {"statistics", "Show figures of each column: nulls, distinct values, least, greatest, mean, deviation",
     &declare_statistics},
    {"analyze", "Gather what a table should know of its files' columns", &declare_analyze},
    {"doctor", "Look a table over, and mend what can be mended", &declare_doctor},
    {"partitions", "Show a table's partitions", &declare_partitions},
    {"files", "Show a table's data files", &declare_files},
    {"detail", "Show a table at a glance: version, rows, files, bytes", &declare_detail},
    {"tables", "The tables of the configuration file; laketower's spelling of other commands", &declare_tables},
    {"queries", "The saved queries of the configuration file", &declare_queries},
    {"config", "Look at the configuration file, and check it", &declare_config},
    {"web", "Open the console: tables, history, SQL and charts in a browser", &declare_web},
    {"vacuum", "Delete the files that no version needs any more", &declare_vacuum},
    {"restore", "Make a table what it was at a version or time", &declare_restore},
    {"checkpoint", "Write the newest version in one piece, so that it opens fast", &declare_checkpoint},
    {"compact-log", "Write several commits as one file", &declare_compact_log},
    {"clean-log", "Delete what of the log is past its retention", &declare_clean_log},
    {"branch", "List branches, or make, move, keep or drop one", &declare_branch},
    {"tag", "List tags, or make, move, keep or drop one", &declare_tag},
    {"cherry-pick", "Add to a table what another version of it added", &declare_cherry_pick},
    {"register", "Give a table that is there a name in a catalog", &declare_register},
    {"namespace", "Show what a catalog keeps of a namespace, or change it", &declare_namespace},
};

// About the command line itself: they look at what the others declared.
void declare_own(CLI::App& app, Command& globals) {
  globals.command("completion", "Print what a shell needs to complete commands, options and tables",
                  [&app](Command command) {
                    const auto shell = std::make_shared<std::string>();
                    command.word("SHELL", *shell, {"bash", "zsh", "fish"}, "bash, zsh or fish")
                        .example("source <(lakelet completion bash)")
                        .example("lakelet completion zsh > ~/.zfunc/_lakelet")
                        .example("lakelet completion fish > ~/.config/fish/completions/lakelet.fish")
                        .action([&app, shell](Invocation& invocation) {
                          const CommandInfo root = describe_commands(app, "lakelet");
                          invocation.show_text(*shell == "bash"  ? bash_completion(root)
                                               : *shell == "zsh" ? zsh_completion(root)
                                                                 : fish_completion(root));
                        });
                  });
  globals.command("man", "Print the manual, for man(1)", [&app](Command command) {
    command.example("lakelet man > lakelet.1").action([&app](Invocation& invocation) {
      invocation.show_text(man_page(describe_commands(app, "lakelet"), kVersion));
    });
  });
}

void declare_globals(CLI::App& app, Command& command, GlobalOptions& options) {
  command
      .option("-c,--config", options.config, "FILE",
              "Names tables (default: lakelet.yml, then laketower.yml, if present)")
      .option("--output", options.output, "FILE",
              "Write data there; the extension says how: csv, json, jsonl, parquet, arrow, md")
      .choice("--format", options.format, {"table", "csv", "json", "jsonl", "md"},
              "How data is written (default: table)")
      .option("--storage-option", options.storage_options, "KEY=VALUE", "For object stores; may be repeated")
      .option("--memory-limit", options.memory_limit, "SIZE", "For example 2GB (default: 70% of the machine's)")
      .option("--threads", options.threads, "N",
              "Worker threads (default: one for each processor; fewer under a small --memory-limit)")
      .flag("--quiet", options.quiet, "Only data and errors")
      .flag("--no-progress", options.no_progress, "No progress bar");
  app.set_version_flag("--version", std::string("lakelet ") + kVersion, "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
  app.footer(
      "Example:\n  lakelet view lake/weather@v3 --limit 20\n\nA TABLE is a path, a URI or a name of the configuration "
      "file; it may end in @v12, "
      "@2025-01-31T12:00:00Z or @branch.\nHelp on a command: lakelet COMMAND --help");
}

// The command that was meant, perhaps: one edit away, or begun alike.
std::string nearest_command(const std::string& text) {
  for (const Listed& listed : kCommands) {
    const std::string name = listed.name;
    const bool begins = text.size() >= 2 && (name.starts_with(text) || text.starts_with(name));
    // One letter more, less, or other.
    const std::size_t longer = std::max(name.size(), text.size()), shorter = std::min(name.size(), text.size());
    std::size_t same = 0, tail = 0;
    while (same < shorter && name[same] == text[same]) ++same;
    while (tail < shorter - same && name[name.size() - 1 - tail] == text[text.size() - 1 - tail]) ++tail;
    if (begins || longer - same - tail <= 1) return name;
  }
  return {};
}

void unknown_command(const std::vector<std::string>& rest, Messages& messages) {
  if (rest.empty()) return messages.error("no command", "see lakelet --help");
  const std::string near = nearest_command(rest.front());
  messages.error(fmt::format("there is no command '{}'", rest.front()),
                 near.empty() ? "see lakelet --help" : fmt::format("did you mean lakelet {}?", near));
}

// The parsing library's complaint as one line, and where to read on.
int usage_error(const CLI::App& app, const CLI::ParseError& error, Messages& messages) {
  const auto chosen = app.get_subcommands();
  const std::vector<std::string> rest = app.remaining();
  if (chosen.empty() && (rest.empty() || !rest.front().starts_with('-')) &&
      dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    unknown_command(rest, messages);
    return kUsage;
  }
  std::string line = error.what();
  line = line.substr(0, line.find('\n'));
  const bool makes_tables = !chosen.empty() && chosen.front()->get_option_no_throw("--as") != nullptr;
  const bool other_format = line.starts_with("--format:") && makes_tables;
  std::string command = "lakelet";
  for (const CLI::App* each = &app; !each->get_subcommands().empty();) {
    each = each->get_subcommands().front();
    command += " " + each->get_name();
  }
  messages.error(line, other_format ? "--format is how data is written; a table's format is given with --as"
                                    : "see " + command + " --help");
  return kUsage;
}

int run_chosen(const Command::Action& chosen, const GlobalOptions& options, Messages& messages) {
  try {
    Invocation invocation(options, messages);
    chosen(invocation);
    messages.clear_progress();
    return kDone;
  } catch (const OutputClosed&) {
    return kDone;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Cancelled) {
      messages.error("cancelled", "");
    } else {
      messages.error(error);
    }
    return exit_code(error.code());
  } catch (const std::bad_alloc&) {
    messages.error("out of memory", "give a lower --memory-limit, so that big operations spill to disk instead");
    return kInputOutput;
  } catch (const std::exception& exception) {
    messages.error(fmt::format("a bug in lakelet: {}", exception.what()),
                   "please report it with the command that shows it");
    return kFailure;
  }
}

}  // namespace

int run_program(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  Messages messages(Terminal::of(STDERR_FILENO));
  CLI::App app("lakelet: read, write, merge and time-travel lakehouse tables", "lakelet");
  GlobalOptions options;
  Command::Action chosen;
  Command globals(app, chosen);
  declare_globals(app, globals, options);
  for (const Listed& listed : kCommands) {
    globals.command(listed.name, listed.help, listed.declare);
  }
  declare_own(app, globals);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& done) {
    app.exit(done, std::cout, std::cerr);
    return std::cout.flush() ? kDone : kInputOutput;
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error, messages);
  }
  return run_chosen(chosen, options, messages);
}

}  // namespace lakelet::cli
