#include "sql/session/expression_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb.hpp>
#include <duckdb/common/error_data.hpp>
#include <duckdb/parser/expression/star_expression.hpp>
#include <duckdb/parser/parser.hpp>
#include <duckdb/parser/query_node/select_node.hpp>
#include <duckdb/parser/statement/select_statement.hpp>
#include <duckdb/parser/tableref/emptytableref.hpp>

#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

[[noreturn]] void refuse(const std::string& text, const std::string& what, std::size_t position,
                         const std::string& why) {
  throw Error(ErrorCode::InvalidArgument,
              fmt::format("{} at position {} of the {}: {}", why, position + 1, what, text));
}

std::string first_line(const std::string& message) {
  return message.substr(0, message.find('\n'));
}

// Parses prefix + text + suffix; positions in messages are those within `text`.
duckdb::vector<duckdb::unique_ptr<duckdb::SQLStatement>> parse(const std::string& prefix, const std::string& text,
                                                               const std::string& suffix, const std::string& what) {
  duckdb::Parser parser;
  try {
    parser.ParseQuery(prefix + text + suffix);
  } catch (const std::exception& exception) {
    const duckdb::ErrorData error(exception);
    std::size_t position = 0;
    const auto found = error.ExtraInfo().find("position");
    if (found != error.ExtraInfo().end()) position = std::stoull(found->second);
    position = std::min(position < prefix.size() ? 0 : position - prefix.size(), text.size());
    refuse(text, what, position, first_line(error.RawMessage()));
  }
  return std::move(parser.statements);
}

// The select node of the only statement; null if it is anything else.
duckdb::SelectNode* only_select(duckdb::vector<duckdb::unique_ptr<duckdb::SQLStatement>>& statements) {
  if (statements.size() != 1 || statements[0]->type != duckdb::StatementType::SELECT_STATEMENT) return nullptr;
  auto& node = *statements[0]->Cast<duckdb::SelectStatement>().node;
  return node.type == duckdb::QueryNodeType::SELECT_NODE ? &node.Cast<duckdb::SelectNode>() : nullptr;
}

// A select list of one item and nothing else: no FROM, WHERE, ORDER BY ...
bool bare_expression(const duckdb::SelectNode& node) {
  return node.select_list.size() == 1 && !node.select_list[0]->HasAlias() && node.from_table &&
         node.from_table->type == duckdb::TableReferenceType::EMPTY_FROM && !node.where_clause && !node.having &&
         !node.qualify && node.groups.group_expressions.empty() && node.modifiers.empty() && node.cte_map.map.empty();
}

}  // namespace

void require_expression(const std::string& text, const std::string& what) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("the {} is empty", what));
  }
  // Both forms have to parse: alone, "1=1) or (2=2" doesn't; in parentheses, "a from t" and "a as b" don't. The line
  // break ends a comment that the text may end with.
  auto alone = parse("SELECT ", text, "\n", what);
  auto in_parentheses = parse("SELECT (", text, "\n)", what);
  const auto* first = only_select(in_parentheses);
  const auto* second = only_select(alone);
  if (!first || !second || !bare_expression(*first) || !bare_expression(*second)) {
    refuse(text, what, 0, "more than one expression");
  }
}

void require_query(const std::string& text, const std::string& what) {
  if (text.find_first_not_of(" \t\r\n;") == std::string::npos) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("the {} is empty", what));
  }
  const auto alone = parse("", text, "\n", what);
  if (alone.size() != 1 || alone[0]->type != duckdb::StatementType::SELECT_STATEMENT) {
    refuse(text, what, 0, "not one query that gives rows");
  }
  parse("SELECT * FROM (", text, "\n)", what);
}

}  // namespace lakelet::sql
