#include "cli/completion_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace lakelet::cli {
namespace {

void each_command(const CommandInfo& command, const std::function<void(const CommandInfo&)>& visit) {
  visit(command);
  for (const CommandInfo& each : command.commands) each_command(each, visit);
}

std::string joined_names(const CommandInfo& command) {
  std::string out;
  for (const OptionInfo& option : command.options) {
    if (option.positional) continue;
    for (const std::string& name : option.names) out.append(out.empty() ? "" : " ").append(name);
  }
  return out;
}

std::string joined_commands(const CommandInfo& command) {
  std::string out;
  for (const CommandInfo& each : command.commands) out.append(out.empty() ? "" : " ").append(each.last_word());
  return out;
}

bool takes(const CommandInfo& command, const char* positional) {
  return std::any_of(command.options.begin(), command.options.end(),
                     [&](const OptionInfo& option) { return option.positional && option.names.front() == positional; });
}

// Text within single quotes of a shell.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) c == '\'' ? out.append("'\\''") : out.append(1, c);
  return out + "'";
}

// In _arguments' specifications these mean something.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_value(const OptionInfo& option) {
  if (!option.choices.empty()) return fmt::format(":value:({})", fmt::join(option.choices, " "));
  if (option.value.empty()) return "";
  const std::size_t words = static_cast<std::size_t>(std::count(option.value.begin(), option.value.end(), ' ')) + 1;
  std::string out;
  for (std::size_t i = 0; i < words; ++i) {
    out +=
        fmt::format(":{}:{}", zsh_text(option.value),
                    option.value.find("FILE") != std::string::npos || option.value.starts_with("PATH") ? "_files" : "");
  }
  return out;
}

void add_zsh_options(const CommandInfo& command, std::string& out) {
  for (const OptionInfo& option : command.options) {
    if (option.positional) continue;
    for (const std::string& name : option.names) {
      out +=
          fmt::format("    {} \\\n", quoted(fmt::format("*{}[{}]{}", name, zsh_text(option.help), zsh_value(option))));
    }
  }
}

std::string function_name(const CommandInfo& command) {
  std::string name = fmt::format("_{}", command.name);
  std::replace(name.begin(), name.end(), ' ', '_');
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::string zsh_function(const CommandInfo& command, const CommandInfo& root) {
  std::string out = fmt::format("{}() {{\n", function_name(command));
  if (command.commands.empty()) {
    out += "  _arguments -s \\\n";
    add_zsh_options(command, out);
    add_zsh_options(root, out);
    const char* names = takes(command, "TABLE") ? "_lakelet_names_tables"
                        : takes(command, "QUERY") && command.name.find("queries") != std::string::npos
                            ? "_lakelet_names_queries"
                            : "_files";
    return out + fmt::format("    '*:argument:{}'\n}}\n\n", names);
  }
  out += "  local line state\n  _arguments -C \\\n";
  add_zsh_options(command, out);
  if (&command != &root) add_zsh_options(root, out);
  out += "    '1:command:->command' '*::argument:->rest'\n  case $state in\n    command)\n      local -a commands=(\n";
  for (const CommandInfo& each : command.commands) {
    out += fmt::format("        {}\n", quoted(each.last_word() + ":" + each.help));
  }
  out += "      )\n      _describe command commands ;;\n    rest)\n      case $line[1] in\n";
  for (const CommandInfo& each : command.commands)
    out += fmt::format("        {}) {} ;;\n", each.last_word(), function_name(each));
  return out + "      esac ;;\n  esac\n}\n\n";
}

}  // namespace

std::string bash_completion(const CommandInfo& root) {
  std::string out =
      "# lakelet completion bash\n"
      "_lakelet_names() {\n"
      "  lakelet --quiet \"$1\" list --format csv 2>/dev/null | tail -n +2 | cut -d, -f1 | tr -d '\\r\"'\n"
      "}\n"
      "_lakelet() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path=lakelet i words=\n"
      "  COMPREPLY=()\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$path ${COMP_WORDS[i]}\" in\n";
  std::string paths, choices, options;
  each_command(root, [&](const CommandInfo& command) {
    if (&command != &root) paths += fmt::format("{}'{}'", paths.empty() ? "" : " | ", command.name);
    for (const OptionInfo& option : command.options) {
      if (option.choices.empty()) continue;
      for (const std::string& name : option.names) {
        const std::string place = &command == &root ? "*" : quoted(command.name);
        choices += fmt::format("    {}:{}) COMPREPLY=($(compgen -W {} -- \"$cur\")); return ;;\n", place, name,
                               quoted(fmt::format("{}", fmt::join(option.choices, " "))));
      }
    }
    std::string names = takes(command, "TABLE") ? " tables" : "";
    if (takes(command, "QUERY") && command.name.find("queries") != std::string::npos) names = " queries";
    options +=
        fmt::format("    {}) words={}; commands={}; names={} ;;\n", quoted(command.name), quoted(joined_names(command)),
                    quoted(joined_commands(command)), names.empty() ? "''" : names.substr(1));
  });
  out += fmt::format("      {}) path=\"$path ${{COMP_WORDS[i]}}\" ;;\n    esac\n  done\n", paths);
  out += fmt::format("  case \"$path:$prev\" in\n{}  esac\n", choices);
  out += fmt::format("  local commands= names=\n  case $path in\n{}  esac\n", options);
  out += fmt::format("  if [[ $cur == -* ]]; then\n    COMPREPLY=($(compgen -W \"$words {}\" -- \"$cur\"))\n",
                     joined_names(root));
  out +=
      "  elif [[ -n $commands ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$commands\" -- \"$cur\"))\n"
      "  else\n"
      "    [[ -z $names ]] || words=$(_lakelet_names \"$names\")\n"
      "    COMPREPLY=($( ([[ -z $names ]] || compgen -W \"$words\" -- \"$cur\"); compgen -f -- \"$cur\"))\n"
      "  fi\n"
      "}\n"
      "complete -o filenames -F _lakelet lakelet\n";
  return out;
}

std::string zsh_completion(const CommandInfo& root) {
  std::string out =
      "#compdef lakelet\n# lakelet completion zsh\n\n"
      "_lakelet_names() {\n"
      "  local -a names=(${(f)\"$(lakelet --quiet $1 list --format csv 2>/dev/null | tail -n +2 | cut -d, -f1 | tr -d "
      "'\\r\"')\"})\n"
      "  compadd -a names\n"
      "}\n"
      "_lakelet_names_tables() { _lakelet_names tables; _files }\n"
      "_lakelet_names_queries() { _lakelet_names queries }\n\n";
  each_command(root, [&](const CommandInfo& command) { out += zsh_function(command, root); });
  return out + "if [ \"$funcstack[1]\" = _lakelet ]; then _lakelet \"$@\"; else compdef _lakelet lakelet; fi\n";
}

std::string fish_completion(const CommandInfo& root) {
  std::string out =
      "# lakelet completion fish\n"
      "function __lakelet_names\n"
      "    lakelet --quiet $argv[1] list --format csv 2>/dev/null | tail -n +2 | tr -d '\\r\"' | string replace -r "
      "',.*' ''\n"
      "end\n"
      "function __lakelet_at\n"
      "    set -l words (commandline -opc)\n"
      "    set -l plain lakelet\n"
      "    for word in $words[2..-1]\n"
      "        string match -q -- '-*' $word; or set plain $plain $word\n"
      "    end\n"
      "    set -l wanted (string split ' ' -- $argv[1])\n"
      "    test (count $plain) -ge (count $wanted); or return 1\n"
      "    test \"$plain[1..$(count $wanted)]\" = \"$wanted\"; or return 1\n"
      "    test \"$argv[2]\" != exactly; or test (count $plain) -eq (count $wanted)\n"
      "end\n";
  each_command(root, [&](const CommandInfo& command) {
    const std::string where = &command == &root ? "" : fmt::format(" -n \"__lakelet_at '{}'\"", command.name);
    for (const OptionInfo& option : command.options) {
      if (option.positional) continue;
      out += fmt::format("complete -c lakelet{}", where);
      for (const std::string& name : option.names) {
        out += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2)) : fmt::format(" -s {}", name.substr(1));
      }
      if (!option.value.empty()) out += option.value.find("FILE") != std::string::npos ? " -r" : " -x";
      if (!option.choices.empty())
        out += fmt::format(" -a {}", quoted(fmt::format("{}", fmt::join(option.choices, " "))));
      out += fmt::format(" -d {}\n", quoted(option.help));
    }
    for (const CommandInfo& each : command.commands) {
      out += fmt::format("complete -c lakelet -f -n \"__lakelet_at '{}' exactly\" -a {} -d {}\n", command.name,
                         each.last_word(), quoted(each.help));
    }
    if (takes(command, "TABLE")) out += fmt::format("complete -c lakelet{} -a '(__lakelet_names tables)'\n", where);
    if (takes(command, "QUERY") && command.name.find("queries") != std::string::npos) {
      out += fmt::format("complete -c lakelet -f{} -a '(__lakelet_names queries)'\n", where);
    }
  });
  return out;
}

}  // namespace lakelet::cli
