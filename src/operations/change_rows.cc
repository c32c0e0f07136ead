#include "operations/change_rows.h"

#include <fmt/format.h>

#include <set>

#include "lakelet/error.h"
#include "sql/session/expression_text.h"

namespace lakelet::operations {
namespace {

Plan plan_change(const std::string& verb, const std::string& table_uri, Operation operation, const std::string& where,
                 const WriteOptions& options) {
  if (!where.empty()) sql::require_expression(where, "predicate");
  Plan plan;
  plan.verb = verb;
  plan.table_uri = table_uri;
  plan.options = commit_options(options);
  plan.options.operation = operation;
  if (!where.empty()) plan.options.predicate = where;
  return plan;
}

std::string where_clause(const std::string& where) {
  return where.empty() ? "" : fmt::format(" WHERE ({}\n)", where);
}

}  // namespace

Plan plan_delete(const std::string& table_uri, const std::string& where, const WriteOptions& options) {
  Plan plan = plan_change("delete", table_uri, Operation::Delete, where, options);
  plan.statement = "DELETE FROM " + sql::quote_identifier(table_uri) + where_clause(where);
  return plan;
}

Plan plan_update(const std::string& table_uri, const Schema& schema, const Assignments& set, const std::string& where,
                 const WriteOptions& options) {
  Plan plan = plan_change("update", table_uri, Operation::Update, where, options);
  plan.statement = fmt::format("UPDATE {} SET {}{}", sql::quote_identifier(table_uri),
                               assignment_list(set, schema, "update"), where_clause(where));
  return plan;
}

std::string assignment_list(const Assignments& set, const Schema& schema, const std::string& what) {
  if (set.empty()) throw Error(ErrorCode::InvalidArgument, fmt::format("the {} sets no column", what));
  std::string list;
  std::set<std::string> seen;
  for (const auto& [column, expression] : set) {
    const Field* field = schema.find(column);
    if (!field) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("the {} sets column {}, which the table doesn't have", what, column),
                  fmt::format("the table's columns: {}", to_string(schema)));
    }
    if (!seen.insert(field->name).second) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("the {} sets column {} twice", what, field->name));
    }
    sql::require_expression(expression, fmt::format("expression for {}", field->name));
    list += fmt::format("{}{} = ({}\n)", list.empty() ? "" : ", ", sql::quote_identifier(field->name), expression);
  }
  return list;
}

}  // namespace lakelet::operations
