#include "cli/command_tree.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

namespace lakelet::cli {
namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(at, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

OptionInfo describe(const CLI::Option& option) {
  OptionInfo info;
  info.help = option.get_description();
  info.required = option.get_required();
  info.positional = option.get_positional();
  if (info.positional) {
    info.names = {option.get_name(true, false)};
    return info;
  }
  for (const std::string& name : option.get_snames()) info.names.push_back(fmt::format("-{}", name));
  for (const std::string& name : option.get_lnames()) info.names.push_back(fmt::format("--{}", name));
  if (option.get_items_expected_max() > 0) info.value = option.get_type_name();
  if (info.value.find('|') != std::string::npos) info.choices = split(info.value, '|');
  return info;
}

}  // namespace

CommandInfo describe_commands(const CLI::App& app, const std::string& name) {
  CommandInfo info;
  info.name = name;
  info.help = app.get_description();
  info.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) info.options.push_back(describe(*option));
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    info.commands.push_back(describe_commands(*sub, fmt::format("{} {}", name, sub->get_name())));
  }
  return info;
}

}  // namespace lakelet::cli
