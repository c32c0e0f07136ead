#include "sql/ddl/new_rules.h"

#include <fmt/format.h>

#include <duckdb/parser/constraints/check_constraint.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <optional>

#include "lakelet/error.h"
#include "sql/catalog/paths_catalog.h"
#include "sql/catalog/paths_table.h"
#include "sql/catalog/paths_transaction.h"
#include "sql/change/table_change.h"
#include "sql/ddl/tokens.h"
#include "sql/rules/kept_rules.h"

namespace lakelet::sql {
namespace {

// What stands for an identity column in the rewritten text: a default that no statement can mean.
constexpr const char* kIdentityFunction = "lakelet identity";

const duckdb::FunctionExpression* identity_of(const duckdb::ColumnDefinition& column) {
  if (column.Generated() || !column.HasDefaultValue()) return nullptr;
  const auto& value = column.DefaultValue();
  if (value.GetExpressionClass() != duckdb::ExpressionClass::FUNCTION) return nullptr;
  const auto& called = value.Cast<duckdb::FunctionExpression>();
  return called.function_name == kIdentityFunction ? &called : nullptr;
}

std::string argument(const duckdb::FunctionExpression& called, std::size_t i) {
  return called.children[i]->Cast<duckdb::ConstantExpression>().value.ToString();
}

std::int64_t number(const std::string& text) {
  try {
    std::size_t used = 0;
    const std::int64_t value = std::stoll(text, &used);
    if (used == text.size()) return value;
  } catch (const std::exception&) {
  }
  throw Error(ErrorCode::InvalidArgument, fmt::format("'{}' is no number for an identity column", text));
}

// Reads "(START WITH 5 INCREMENT BY -2)" from the token `at` on, which it moves behind it.
std::optional<std::pair<std::string, std::string>> read_steps(const std::vector<Token>& tokens, std::size_t& at) {
  std::string start = "1", step = "1";
  if (at >= tokens.size() || tokens[at].text != "(") return std::pair(start, step);
  for (++at; at < tokens.size() && tokens[at].text != ")"; ++at) {
    const bool starts = tokens[at].is("START"), steps = tokens[at].is("INCREMENT");
    if (!starts && !steps) return std::nullopt;
    if (at + 1 < tokens.size() && tokens[at + 1].is(starts ? "WITH" : "BY")) ++at;
    std::string value;
    if (at + 1 < tokens.size() && (tokens[at + 1].text == "-" || tokens[at + 1].text == "+")) {
      if (tokens[++at].text == "-") value = "-";
    }
    if (++at >= tokens.size()) return std::nullopt;
    value += tokens[at].text;
    (starts ? start : step) = value;
  }
  if (at >= tokens.size()) return std::nullopt;
  ++at;
  return std::pair(start, step);
}

// In the order of the text; an empty one for a CHECK without a name.
std::vector<std::string> check_names(const std::string& text) {
  std::vector<std::string> names;
  const auto tokens = tokens_of(text);
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].text == ")" && --depth == 0) break;
    if (tokens[i].text == "(") ++depth;
    const bool check = depth == 1 && tokens[i].is("CHECK") && i + 1 < tokens.size() && tokens[i + 1].text == "(";
    if (!check) continue;
    const bool named = i >= 2 && tokens[i - 2].is("CONSTRAINT");
    names.push_back(named ? unquoted(tokens[i - 1].text) : std::string());
  }
  return names;
}

void take_value(const duckdb::ColumnDefinition& column, NewRules& rules) {
  if (const auto* identity = identity_of(column)) {
    IdentityValue rule{number(argument(*identity, 0)), number(argument(*identity, 1)),
                       argument(*identity, 2) == "default"};
    rules.values.push_back({column.Name(), rule, nullptr});
  } else if (column.Generated()) {
    if (column.Type().id() == duckdb::LogicalTypeId::ANY) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("the generated column {} has no type", column.Name()),
                  fmt::format("write {} TYPE GENERATED ALWAYS AS (...)", column.Name()));
    }
    // Its type was put around the expression by the parser where it was given.
    rules.values.push_back({column.Name(), GeneratedValue{}, column.GeneratedExpression().Copy()});
  } else if (column.HasDefaultValue()) {
    rules.values.push_back({column.Name(), DefaultValue{}, column.DefaultValue().Copy()});
  }
}

}  // namespace

std::string rewrite_identity(const std::string& text) {
  if (duckdb::StringUtil::Lower(text).find("identity") == std::string::npos) return text;
  const auto tokens = tokens_of(text);
  std::string result;
  std::size_t copied = 0;
  for (std::size_t i = 0; i + 3 < tokens.size(); ++i) {
    if (!tokens[i].is("GENERATED")) continue;
    const bool always = tokens[i + 1].is("ALWAYS");
    if (!always && !(tokens[i + 1].is("BY") && tokens[i + 2].is("DEFAULT"))) continue;
    std::size_t at = i + (always ? 2 : 3);
    if (at + 1 >= tokens.size() || !tokens[at].is("AS") || !tokens[at + 1].is("IDENTITY")) continue;
    at += 2;
    const auto steps = read_steps(tokens, at);
    if (!steps) continue;  // DuckDB's parser says where it stops
    result.append(text, copied, tokens[i].start - copied)
        .append(fmt::format("DEFAULT \"{}\"('{}', '{}', '{}')", kIdentityFunction, steps->first, steps->second,
                            always ? "always" : "default"));
    copied = tokens[at - 1].end();
    i = at - 1;
  }
  return result.append(text, copied);
}

bool has_identity(const duckdb::CreateTableInfo& info) {
  for (const auto& column : info.columns.Logical()) {
    if (identity_of(column)) return true;
  }
  return false;
}

NewRules take_rules(duckdb::CreateTableInfo& info, const std::string& text) {
  NewRules rules;
  if (info.query) return rules;
  duckdb::ColumnList plain;
  for (const auto& column : info.columns.Logical()) {
    take_value(column, rules);
    plain.AddColumn(duckdb::ColumnDefinition(column.Name(), column.Type()));
  }
  info.columns = std::move(plain);
  std::vector<std::string> names = check_names(text);
  duckdb::vector<duckdb::unique_ptr<duckdb::Constraint>> others;
  for (auto& constraint : info.constraints) {
    if (constraint->type != duckdb::ConstraintType::CHECK) {
      others.push_back(std::move(constraint));
      continue;
    }
    const std::size_t i = rules.checks.size();
    std::string name = i < names.size() ? names[i] : std::string();
    if (name.empty()) name = fmt::format("check_{}", i + 1);
    rules.checks.push_back({std::move(name), constraint->Cast<duckdb::CheckConstraint>().expression->Copy()});
  }
  info.constraints = std::move(others);
  return rules;
}

void keep_rules(duckdb::ClientContext& context, PathsTransaction& lake, PathsSchema& parent, const std::string& name,
                TableChange& change, const NewRules& rules) {
  const auto table = [&]() -> PathsTable& {
    lake.refresh(change.uri());
    return *lake.find(parent, name, LatestVersion{});
  };
  for (const auto& value : rules.values) {
    ValueRule rule = value.rule;
    if (value.expression) rule = in_dialect(context, table(), value.column, rule, *value.expression);
    change.set_value_rule(value.column, rule);
  }
  for (const auto& check : rules.checks) {
    change.alter(AddConstraint{check.name, in_dialect(context, table(), check.name, *check.condition)});
  }
  require_rules(context, table());
}

}  // namespace lakelet::sql
