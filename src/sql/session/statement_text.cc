#include "sql/session/statement_text.h"

#include <duckdb.hpp>
#include <duckdb/parser/parser.hpp>
#include <string_view>

#include "sql/ddl/alter_text.h"
#include "sql/ddl/cluster_by.h"
#include "sql/ddl/new_rules.h"

namespace lakelet::sql {
namespace {

// "f(x, timestamp => t)": a keyword to DuckDB's parser, which takes it as an argument's name only in quotes. The unit
// in AT (TIMESTAMP => t) follows a parenthesis and is left alone.
std::string quote_timestamp_arguments(const std::string& text) {
  if (text.find("=>") == std::string::npos) return text;
  const auto tokens = duckdb::Parser::Tokenize(text);
  std::string result;
  std::size_t copied = 0;
  for (std::size_t i = 1; i + 1 < tokens.size(); ++i) {
    constexpr std::string_view kName = "timestamp";
    const auto start = tokens[i].start;
    const std::string_view between(text.data() + start, tokens[i + 1].start - start);
    const auto name = between.substr(0, between.find_last_not_of(" \t\r\n") + 1);
    const bool named = duckdb::StringUtil::CIEquals(std::string(name), std::string(kName)) &&
                       text[tokens[i - 1].start] == ',' && text.compare(tokens[i + 1].start, 2, "=>") == 0;
    if (!named) continue;
    result.append(text, copied, start - copied).append("\"").append(kName).append("\"");
    copied = start + kName.size();
  }
  return result.append(text, copied);
}

}  // namespace

std::string rewritten_text(const std::string& text) {
  return rewrite_cluster_by(rewrite_identity(rewrite_alter(quote_timestamp_arguments(text))));
}

}  // namespace lakelet::sql
