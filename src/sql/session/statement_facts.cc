#include "sql/session/statement_facts.h"

#include <algorithm>
#include <duckdb/parser/expression/columnref_expression.hpp>
#include <duckdb/parser/parsed_data/create_table_info.hpp>
#include <duckdb/parser/parsed_expression_iterator.hpp>
#include <duckdb/parser/statement/create_statement.hpp>
#include <duckdb/parser/statement/delete_statement.hpp>
#include <duckdb/parser/statement/explain_statement.hpp>
#include <duckdb/parser/statement/insert_statement.hpp>
#include <duckdb/parser/statement/merge_into_statement.hpp>
#include <duckdb/parser/statement/prepare_statement.hpp>
#include <duckdb/parser/statement/update_statement.hpp>
#include <duckdb/parser/tableref/basetableref.hpp>

namespace lakelet::sql {
namespace {

std::string target_of(const duckdb::TableRef& table) {
  if (table.type != duckdb::TableReferenceType::BASE_TABLE) return {};
  return table.Cast<duckdb::BaseTableRef>().table_name;
}

std::optional<std::string> text_of(const duckdb::unique_ptr<duckdb::ParsedExpression>& expression) {
  if (!expression) return std::nullopt;
  return expression->ToString();
}

// Columns that belong to the target, or may: those with its alias, and those without any.
void collect_columns(const duckdb::ParsedExpression& expression, const std::string& alias,
                     std::vector<std::string>& columns) {
  if (expression.GetExpressionClass() == duckdb::ExpressionClass::COLUMN_REF) {
    const auto& reference = expression.Cast<duckdb::ColumnRefExpression>();
    const bool ours = !reference.IsQualified() || duckdb::StringUtil::CIEquals(reference.GetTableName(), alias);
    const auto& name = reference.GetColumnName();
    if (ours && std::find(columns.begin(), columns.end(), name) == columns.end()) columns.push_back(name);
    return;
  }
  duckdb::ParsedExpressionIterator::EnumerateChildren(
      expression, [&](const duckdb::ParsedExpression& child) { collect_columns(child, alias, columns); });
}

MergeMatch match_of(duckdb::MergeActionCondition condition) {
  switch (condition) {
    case duckdb::MergeActionCondition::WHEN_MATCHED:
      return MergeMatch::Matched;
    case duckdb::MergeActionCondition::WHEN_NOT_MATCHED_BY_TARGET:
      return MergeMatch::NotMatched;
    case duckdb::MergeActionCondition::WHEN_NOT_MATCHED_BY_SOURCE:
      return MergeMatch::NotMatchedBySource;
  }
  throw Error(ErrorCode::Internal, "a merge condition that nobody knows");
}

std::optional<MergeAction> action_of(duckdb::MergeActionType type) {
  switch (type) {
    case duckdb::MergeActionType::MERGE_UPDATE:
      return MergeAction::Update;
    case duckdb::MergeActionType::MERGE_INSERT:
      return MergeAction::Insert;
    case duckdb::MergeActionType::MERGE_DELETE:
      return MergeAction::Delete;
    default:
      return std::nullopt;  // do nothing, or an error of the user's own
  }
}

StatementFacts merge_facts(const duckdb::MergeIntoStatement& merge) {
  StatementFacts facts{Operation::Merge, target_of(*merge.target), text_of(merge.join_condition), {}, {}};
  for (const auto& [condition, actions] : merge.actions) {
    for (const auto& action : actions) {
      if (const auto kind = action_of(action->action_type)) {
        facts.merge_clauses.push_back({match_of(condition), *kind, text_of(action->condition)});
      }
    }
  }
  const std::string alias = merge.target->alias.empty() ? facts.target : merge.target->alias;
  if (merge.join_condition) collect_columns(*merge.join_condition, alias, facts.key_columns);
  facts.key_columns.insert(facts.key_columns.end(), merge.using_columns.begin(), merge.using_columns.end());
  return facts;
}

}  // namespace

StatementFacts facts_of(const duckdb::SQLStatement& statement) {
  switch (statement.type) {
    case duckdb::StatementType::INSERT_STATEMENT:
      return {Operation::Append, statement.Cast<duckdb::InsertStatement>().table, {}, {}, {}};
    case duckdb::StatementType::DELETE_STATEMENT: {
      const auto& removal = statement.Cast<duckdb::DeleteStatement>();
      return {Operation::Delete, target_of(*removal.table), text_of(removal.condition), {}, {}};
    }
    case duckdb::StatementType::UPDATE_STATEMENT: {
      const auto& update = statement.Cast<duckdb::UpdateStatement>();
      return {Operation::Update, target_of(*update.table), text_of(update.set_info->condition), {}, {}};
    }
    case duckdb::StatementType::MERGE_INTO_STATEMENT:
      return merge_facts(statement.Cast<duckdb::MergeIntoStatement>());
    case duckdb::StatementType::CREATE_STATEMENT: {
      const auto& info = *statement.Cast<duckdb::CreateStatement>().info;
      if (info.type != duckdb::CatalogType::TABLE_ENTRY) return {};
      return {Operation::Create, info.Cast<duckdb::CreateTableInfo>().table, {}, {}, {}};
    }
    case duckdb::StatementType::CALL_STATEMENT: {
      StatementFacts facts;
      facts.call = true;
      return facts;
    }
    case duckdb::StatementType::PREPARE_STATEMENT: {
      StatementFacts facts;
      facts.call = facts_of(*statement.Cast<duckdb::PrepareStatement>().statement).call;
      return facts;
    }
    case duckdb::StatementType::EXPLAIN_STATEMENT:
      return facts_of(*statement.Cast<duckdb::ExplainStatement>().stmt);
    default:
      return {};
  }
}

}  // namespace lakelet::sql
