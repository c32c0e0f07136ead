#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "lakelet/error.h"

namespace lakelet::cli {
namespace {

std::string trim(std::string text) {
  text.erase(0, text.find_first_not_of(" \t"));
  text.erase(text.find_last_not_of(" \t") + 1);
  return text;
}

}  // namespace

Command& Command::positional(const std::string& name, std::string& value, const std::string& help, bool required) {
  app_.add_option(name, value, help)->required(required)->type_name("");
  return *this;
}

Command& Command::positionals(const std::string& name, std::vector<std::string>& values, const std::string& help,
                              bool required) {
  app_.add_option(name, values, help)->required(required)->type_name("");
  return *this;
}

Command& Command::option(const std::string& names, std::string& value, const std::string& what,
                         const std::string& help) {
  app_.add_option(names, value, help)->type_name(what);
  return *this;
}

Command& Command::option(const std::string& names, std::optional<std::int64_t>& value, const std::string& what,
                         const std::string& help) {
  app_.add_option_function<std::int64_t>(
          names, [&value](const std::int64_t& given) { value = given; }, help)
      ->type_name(what);
  return *this;
}

Command& Command::option(const std::string& names, std::vector<std::string>& values, const std::string& what,
                         const std::string& help) {
  app_.add_option(names, values, help)->type_name(what)->expected(1)->allow_extra_args(false)->take_all();
  return *this;
}

Command& Command::lists(const std::string& names, std::vector<std::string>& values, const std::string& what,
                        const std::string& help) {
  app_.add_option(names, values, help)->type_name(what)->take_all();
  return *this;
}

Command& Command::words(const std::string& names, std::vector<std::string>& values, int count, const std::string& what,
                        const std::string& help) {
  app_.add_option(names, values, help)->type_name(what)->type_size(count)->allow_extra_args(false);
  return *this;
}

Command& Command::word(const std::string& name, std::string& value, const std::vector<std::string>& allowed,
                       const std::string& help) {
  choice(name, value, allowed, help);
  app_.get_option(name)->required();
  return *this;
}

Command& Command::choice(const std::string& names, std::string& value, const std::vector<std::string>& allowed,
                         const std::string& help) {
  app_.add_option(names, value, help)
      ->type_name(fmt::format("{}", fmt::join(allowed, "|")))
      ->check([allowed](const std::string& given) {
        if (std::find(allowed.begin(), allowed.end(), given) != allowed.end()) return std::string();
        return fmt::format("'{}' is none of {}", given, fmt::join(allowed, ", "));
      });
  return *this;
}

Command& Command::flag(const std::string& names, bool& value, const std::string& help) {
  app_.add_flag(names, value, help);
  return *this;
}

Command& Command::require(const std::string& option) {
  app_.get_option(option)->required();
  return *this;
}

Command& Command::example(const std::string& line) {
  examples_ += (examples_.empty() ? "Example:\n  " : "\n  ") + line;
  app_.footer(examples_ + "\n\nOptions that every command has: lakelet --help");
  return *this;
}

Command& Command::action(Action run) {
  app_.callback([&chosen = chosen_, run = std::move(run)] { chosen = run; });
  return *this;
}

Command& Command::command(const std::string& name, const std::string& help,
                          const std::function<void(Command)>& declare) {
  CLI::App* sub = app_.add_subcommand(name, help);
  sub->fallthrough();
  sub->set_help_flag("-h,--help", "Print this help");
  app_.require_subcommand(1);
  declare(Command(*sub, chosen_));
  return *this;
}

std::optional<std::size_t> Command::position(const std::string& name) const {
  const auto& order = app_.parse_order();
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i]->check_name(name)) return i;
  }
  return std::nullopt;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    std::size_t end = begin;
    for (int depth = 0; end < text.size() && (text[end] != ',' || depth > 0); ++end) {
      depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
    }
    std::string part = trim(text.substr(begin, end - begin));
    if (!part.empty()) parts.push_back(std::move(part));
    begin = end + 1;
  }
  return parts;
}

std::vector<std::pair<std::string, std::string>> split_pairs(const std::vector<std::string>& texts,
                                                             const std::string& option) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("{} {} isn't name=value", option, text),
                  fmt::format("write {} name=value", option));
    }
    pairs.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return pairs;
}

}  // namespace lakelet::cli
