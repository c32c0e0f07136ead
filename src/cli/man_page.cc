#include "cli/man_page.h"

#include <fmt/format.h>

#include <sstream>

namespace lakelet::cli {
namespace {

std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      const bool line_begins = out.empty() || out.back() == '\n';
      if (line_begins && (c == '.' || c == '\'')) out += "\\&";
      out += c;
    }
  }
  return out;
}

std::string option_head(const OptionInfo& option) {
  std::string names;
  for (const std::string& name : option.names)
    names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
  return option.value.empty() ? names : fmt::format("{} \\fI{}\\fR", names, roff(option.value));
}

void add_options(const CommandInfo& command, std::string& out) {
  for (const OptionInfo& option : command.options) {
    if (option.help == "Print this help" && command.commands.empty()) continue;  // once is enough
    const std::string head =
        option.positional ? fmt::format("\\fI{}\\fR", roff(option.names.front())) : option_head(option);
    out += fmt::format(".TP\n{}\n{}\n", head, roff(option.help));
  }
}

std::string synopsis(const CommandInfo& command) {
  std::string line = fmt::format("\\fB{}\\fR", roff(command.name));
  for (const OptionInfo& option : command.options) {
    if (!option.positional) continue;
    const std::string name = fmt::format("\\fI{}\\fR", roff(option.names.front()));
    line += option.required ? fmt::format(" {}", name) : fmt::format(" [{}]", name);
  }
  return line + " [\\fIoptions\\fR]";
}

void add_examples(const CommandInfo& command, std::string& out) {
  std::istringstream lines(command.footer);
  std::string examples;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  ")) examples += roff(line.substr(2)) + "\n";
  }
  if (!examples.empty()) out += fmt::format(".PP\n.nf\n.RS\n{}.RE\n.fi\n", examples);
}

void add_command(const CommandInfo& command, std::string& out) {
  if (command.commands.empty()) {
    out += fmt::format(".SS {}\n{}\n.PP\n{}.\n", roff(command.name), synopsis(command), roff(command.help));
    add_options(command, out);
    add_examples(command, out);
  }
  for (const CommandInfo& each : command.commands) add_command(each, out);
}

}  // namespace

std::string man_page(const CommandInfo& root, const std::string& version) {
  std::string out = fmt::format(".TH LAKELET 1 \"\" \"lakelet {}\" \"User Commands\"\n.SH NAME\nlakelet \\- {}\n",
                                roff(version), roff(root.help.substr(root.help.find(": ") + 2)));
  out += ".SH SYNOPSIS\n\\fBlakelet\\fR [\\fIglobal options\\fR] \\fIcommand\\fR ...\n";
  out +=
      ".SH DESCRIPTION\nA TABLE is a path, a URI or a name of the configuration file; it may end in @v12, "
      "@2025\\-01\\-31T12:00:00Z or @branch. "
      "Data goes to the standard output, everything else to the standard error.\n";
  out += ".SH GLOBAL OPTIONS\n";
  add_options(root, out);
  out += ".SH COMMANDS\n";
  for (const CommandInfo& each : root.commands) add_command(each, out);
  out += ".SH EXIT STATUS\n";
  static constexpr const char* kCodes[] = {"done",
                                           "any other failure",
                                           "wrong usage",
                                           "not found",
                                           "already exists",
                                           "the table has a feature that isn't supported",
                                           "the table is corrupt",
                                           "a commit in between conflicts",
                                           "a constraint or the schema is violated",
                                           "input or output failed"};
  for (int code = 0; code < 10; ++code) out += fmt::format(".TP\n{}\n{}\n", code, kCodes[code]);
  out +=
      ".SH FILES\n.TP\nlakelet.yml, laketower.yml\nnames of tables, saved queries, settings: in the working folder, or "
      "\\-\\-config\n";
  out += ".TP\n$XDG_STATE_HOME/lakelet/history\nwhat was typed in lakelet sql (~/.local/state/lakelet/history)\n";
  return out;
}

}  // namespace lakelet::cli
