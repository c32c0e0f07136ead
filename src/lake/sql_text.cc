#include "lakelet/sql_text.h"

#include <algorithm>
#include <cctype>
#include <functional>

#include "operations/sql_text.h"

namespace lakelet {
namespace {

bool name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// Calls `plain` with each piece of text between parameters, and `parameter` with each name.
void each_parameter(const std::string& text, const std::function<void(std::string_view)>& plain,
                    const std::function<void(const std::string&)>& parameter) {
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t behind = operations::skip_quoted(text, at); behind != at) {
      at = behind;
      continue;
    }
    const bool begins = text[at] == '$' && (at == 0 || !name_character(text[at - 1])) && at + 1 < text.size() &&
                        name_character(text[at + 1]) && std::isdigit(static_cast<unsigned char>(text[at + 1])) == 0;
    if (!begins) {
      ++at;
      continue;
    }
    plain(std::string_view(text).substr(from, at - from));
    std::size_t end = at + 1;
    while (end < text.size() && name_character(text[end])) ++end;
    parameter(text.substr(at + 1, end - at - 1));
    from = at = end;
  }
  plain(std::string_view(text).substr(from));
}

}  // namespace

std::vector<std::string> sql_parameter_names(const std::string& text) {
  std::vector<std::string> names;
  each_parameter(
      text, [](std::string_view) {},
      [&](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      });
  return names;
}

BoundSql bind_filled_in(const std::string& text, const SqlParameters& values) {
  BoundSql bound;
  each_parameter(
      text, [&](std::string_view plain) { bound.text += plain; },
      [&](const std::string& name) {
        const auto is_it = [&](const auto& one) { return one.first == name; };
        const auto value = std::find_if(values.begin(), values.end(), is_it);
        if (value == values.end() || value->second.find_first_not_of(" \t\r\n") == std::string::npos) {
          bound.text += "NULL";
          return;
        }
        bound.text += "$" + name;
        if (std::none_of(bound.parameters.begin(), bound.parameters.end(), is_it)) bound.parameters.push_back(*value);
      });
  return bound;
}

bool is_complete_sql(const std::string& text) {
  bool open = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t behind = operations::skip_quoted(text, at);
    if (behind != at) {
      const bool comment = text[at] == '-' || text[at] == '/';
      open = open || !comment;
      // One that reaches to the end may be unfinished: so is the statement.
      const bool unfinished = behind == text.size() && (text[at] == '/' ? !text.ends_with("*/") : !comment);
      if (unfinished) return false;
      at = behind;
      continue;
    }
    if (text[at] == ';') {
      open = false;
    } else if (std::isspace(static_cast<unsigned char>(text[at])) == 0) {
      open = true;
    }
    ++at;
  }
  return !open;
}

}  // namespace lakelet
