#include "sql/ddl/cluster_by.h"

#include <fmt/format.h>

#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>

#include "sql/ddl/tokens.h"
#include "table/clustering.h"

namespace lakelet::sql {
namespace {

// Where "CLUSTER BY (" begins in the statement that starts at `begin`, if it is a CREATE TABLE: outside of parentheses,
// before the AS of a query.
std::optional<std::size_t> find_cluster_by(const std::vector<Token>& tokens, std::size_t begin) {
  if (!tokens[begin].is("CREATE")) return std::nullopt;
  int depth = 0;
  for (std::size_t i = begin + 1; i + 2 < tokens.size() && tokens[i].text != ";"; ++i) {
    depth += tokens[i].text == "(" ? 1 : tokens[i].text == ")" ? -1 : 0;
    if (depth != 0) continue;
    if (tokens[i].is("AS")) return std::nullopt;
    if (tokens[i].is("CLUSTER") && tokens[i + 1].is("BY") && tokens[i + 2].text == "(") return i;
  }
  return std::nullopt;
}

bool is_mark(const duckdb::ParsedExpression& key) {
  return key.GetExpressionClass() == duckdb::ExpressionClass::CONSTANT &&
         key.Cast<duckdb::ConstantExpression>().value.ToString() == kClusterBy;
}

}  // namespace

std::string clustering_list(const std::vector<ColumnPath>& columns) {
  std::vector<std::string> out;
  for (const ColumnPath& column : columns) {
    std::vector<std::string> names;
    for (const std::string& name : column) {
      const bool plain = name.find_first_of(",.` ") == std::string::npos;
      names.push_back(plain ? name : fmt::format("`{}`", name));
    }
    out.push_back(fmt::format("{}", fmt::join(names, ".")));
  }
  return fmt::format("{}", fmt::join(out, ", "));
}

// As SORTED BY, with a mark that no column can be.
std::string rewrite_cluster_by(const std::string& text) {
  if (duckdb::StringUtil::Lower(text).find("cluster") == std::string::npos) return text;
  const auto tokens = tokens_of(text);
  std::string result;
  std::size_t copied = 0;
  for (std::size_t begin = 0; begin < tokens.size(); ++begin) {
    if (begin > 0 && tokens[begin - 1].text != ";") continue;
    const auto found = find_cluster_by(tokens, begin);
    if (!found) continue;
    result.append(text, copied, tokens[*found].start - copied).append(fmt::format("SORTED BY ('{}', ", kClusterBy));
    copied = tokens[*found + 2].end();
  }
  return result.append(text, copied);
}

std::optional<std::string> clustering_of(const duckdb::CreateTableInfo& info) {
  if (info.sort_keys.empty() || !is_mark(*info.sort_keys.front())) return std::nullopt;
  std::vector<ColumnPath> columns;
  for (std::size_t i = 1; i < info.sort_keys.size(); ++i) {
    if (info.sort_keys[i]->GetExpressionClass() != duckdb::ExpressionClass::COLUMN_REF) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("CLUSTER BY takes columns, not {}", info.sort_keys[i]->ToString()));
    }
    const auto& names = info.sort_keys[i]->Cast<duckdb::ColumnRefExpression>().column_names;
    columns.emplace_back(names.begin(), names.end());
  }
  return clustering_list(columns);
}

}  // namespace lakelet::sql
