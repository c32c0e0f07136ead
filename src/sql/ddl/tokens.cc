#include "sql/ddl/tokens.h"

#include <duckdb.hpp>
#include <duckdb/parser/parser.hpp>
#include <duckdb/parser/simplified_token.hpp>

namespace lakelet::sql {

bool Token::is(std::string_view word) const {
  return duckdb::StringUtil::CIEquals(text, std::string(word));
}

std::vector<Token> tokens_of(const std::string& text) {
  const auto found = duckdb::Parser::Tokenize(text);
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].type == duckdb::SimplifiedTokenType::SIMPLIFIED_TOKEN_COMMENT) continue;
    const std::size_t start = found[i].start, end = i + 1 < found.size() ? found[i + 1].start : text.size();
    std::string piece = text.substr(start, end - start);
    // A comment at the very end of what lies between two tokens isn't part of the first.
    if (piece.front() != '\'' && piece.front() != '"') piece = piece.substr(0, piece.find("--"));
    piece.erase(piece.find_last_not_of(" \t\r\n") + 1);
    tokens.push_back({std::move(piece), start});
  }
  return tokens;
}

std::string unquoted(const std::string& text) {
  if (text.size() < 2 || (text.front() != '\'' && text.front() != '"' && text.front() != '`')) return text;
  const std::string quote(1, text.front());
  return duckdb::StringUtil::Replace(text.substr(1, text.size() - 2), quote + quote, quote);
}

}  // namespace lakelet::sql
