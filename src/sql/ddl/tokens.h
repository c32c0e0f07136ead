// The words of a statement, for what has to be found in its text before DuckDB's parser reads it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lakelet::sql {

struct Token {
  std::string text;
  std::size_t start = 0;

  bool is(std::string_view word) const;  // in any case
  bool is_string() const { return text.size() >= 2 && text.front() == '\''; }
  std::size_t end() const { return start + text.size(); }
};

// As DuckDB cuts them, without comments.
std::vector<Token> tokens_of(const std::string& text);

// What a name or a text in quotes stands for.
std::string unquoted(const std::string& text);

}  // namespace lakelet::sql
