#include "operations/merge.h"

#include <fmt/format.h>

#include <algorithm>

#include "lakelet/error.h"
#include "operations/change_rows.h"
#include "operations/sql_type.h"
#include "sql/session/expression_text.h"

namespace lakelet::operations {
namespace {

Schema with_columns(const Schema& schema, const std::vector<Field>& added) {
  std::vector<Field> fields = schema.fields();
  fields.insert(fields.end(), added.begin(), added.end());
  return Schema(std::move(fields));
}

// The columns of the source that the steps write to, and that the table doesn't have.
std::vector<Field> new_columns(const Schema& schema, const Relation& source, const std::vector<MergeStep>& steps) {
  std::vector<Field> added;
  for (std::size_t i = 0; i < source.columns.size(); ++i) {
    const std::string& column = source.columns[i];
    if (schema.find(column)) continue;
    Field field;
    field.name = column;
    const Schema alone({field});
    const auto writes = [&](const MergeStep& step) {
      if (step.action == MergeAction::Delete) return false;
      return step.all || std::any_of(step.set.begin(), step.set.end(),
                                     [&](const auto& assignment) { return alone.find(assignment.first); });
    };
    if (std::none_of(steps.begin(), steps.end(), writes)) continue;
    const std::string type = source.types[i] ? sql_type(*source.types[i]) : std::string();
    if (type.empty()) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("the source's column {} has a type that a merge can't add to the table", column),
                  "add the column first, or give it another type in the source");
    }
    field.type = *source.types[i];
    added.push_back(std::move(field));
  }
  return added;
}

// Every column of the source as (the table's name, "source.name").
Assignments every_column(const Schema& schema, const Relation& source) {
  Assignments set;
  for (const std::string& column : source.columns) {
    const Field* field = schema.find(column);
    if (!field) {
      throw Error(ErrorCode::ConstraintViolation,
                  fmt::format("the source has column {}, which the table doesn't have", column),
                  "--schema-mode merge adds it; or name the columns to write instead of all");
    }
    set.emplace_back(field->name, "source." + sql::quote_identifier(column));
  }
  return set;
}

std::string insert_clause(const Assignments& values, const Schema& schema) {
  // The same checks as for an update, whose text isn't needed.
  assignment_list(values, schema, "insert");
  std::string columns, expressions;
  for (const auto& [column, expression] : values) {
    const char* comma = columns.empty() ? "" : ", ";
    columns += comma + sql::quote_identifier(schema.find(column)->name);
    expressions += fmt::format("{}({}\n)", comma, expression);
  }
  return fmt::format("INSERT ({}) VALUES ({})", columns, expressions);
}

std::string action_text(const MergeStep& step, const Schema& schema, const Relation& source) {
  const Assignments& set = step.all ? every_column(schema, source) : step.set;
  switch (step.action) {
    case MergeAction::Update:
      return "UPDATE SET " + assignment_list(set, schema, "update");
    case MergeAction::Insert:
      return insert_clause(set, schema);
    case MergeAction::Delete:
      return "DELETE";
  }
  return {};
}

std::string_view match_text(MergeMatch match) {
  switch (match) {
    case MergeMatch::Matched:
      return "MATCHED";
    case MergeMatch::NotMatched:
      return "NOT MATCHED";
    case MergeMatch::NotMatchedBySource:
      return "NOT MATCHED BY SOURCE";
  }
  return {};
}

std::string step_text(const MergeStep& step, const Schema& schema, const Relation& source) {
  std::string text = fmt::format(" WHEN {}", match_text(step.match));
  if (!step.condition.empty()) {
    sql::require_expression(step.condition, "condition");
    text += fmt::format(" AND ({}\n)", step.condition);
  }
  return text + " THEN " + action_text(step, schema, source);
}

}  // namespace

Plan plan_merge(const std::string& table_uri, const Schema& table, const Relation& source, const std::string& on,
                const std::vector<MergeStep>& steps, const WriteOptions& options) {
  if (steps.empty()) {
    throw Error(ErrorCode::InvalidArgument, "the merge says nothing about what to do",
                "add a clause: update, insert or delete");
  }
  if (options.schema_mode == SchemaMode::Overwrite) {
    throw Error(ErrorCode::InvalidArgument, "a merge can't replace the table's schema",
                "the schema mode merge adds the source's new columns");
  }
  sql::require_expression(on, "merge predicate");
  std::vector<Field> added;
  if (options.schema_mode == SchemaMode::Merge) added = new_columns(table, source, steps);
  const Schema schema = with_columns(table, added);
  Plan plan;
  plan.verb = "merge";
  plan.table_uri = table_uri;
  plan.options = commit_options(options);
  plan.options.operation = Operation::Merge;
  plan.options.predicate = on;
  plan.parameters = source.parameters;
  plan.csv_files = source.csv_files;
  plan.source = source.shown;
  for (const Field& field : added) {
    plan.statement += fmt::format("ALTER TABLE {} ADD COLUMN {} {}; ", sql::quote_identifier(table_uri),
                                  sql::quote_identifier(field.name), sql_type(field.type));
  }
  plan.statement += fmt::format("MERGE INTO {} AS target USING (SELECT * FROM {}) AS source ON ({}\n)",
                                sql::quote_identifier(table_uri), source.from, on);
  for (const MergeStep& step : steps) {
    plan.statement += step_text(step, schema, source);
    std::optional<std::string> condition;
    if (!step.condition.empty()) condition = step.condition;
    plan.options.merge_clauses.push_back({step.match, step.action, condition});
  }
  return plan;
}

}  // namespace lakelet::operations
