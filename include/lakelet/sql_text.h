// What surfaces need to know of SQL's text before it runs.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace lakelet {

using SqlParameters = std::vector<std::pair<std::string, std::string>>;

// The names of $name outside of strings, quoted names and comments, once each, in order. $1 is none.
std::vector<std::string> sql_parameter_names(const std::string& text);

struct BoundSql {
  std::string text;
  SqlParameters parameters;  // those that the text has
};

// What people fill in: a parameter whose value is blank, or that has none, is NULL in the text; values that the text
// has no parameter for are left out.
BoundSql bind_filled_in(const std::string& text, const SqlParameters& values);

// Whether the text's last statement is closed by a semicolon (outside of strings and comments), or there is none.
bool is_complete_sql(const std::string& text);

}  // namespace lakelet
