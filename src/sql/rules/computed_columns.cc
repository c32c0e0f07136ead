#include "sql/rules/computed_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/expression/function_expression.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression/bound_default_expression.hpp>

#include "engine/type_mapping.h"
#include "lakelet/error.h"
#include "sql/catalog/paths_table.h"
#include "sql/rules/rule_binder.h"
#include "table/column_path.h"

namespace lakelet::sql {
namespace {

template <typename Rules>
auto find_rule(const Rules& rules, const std::string& column) {
  return std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return same_name(rule.column, column); });
}

ParsedPointer default_value(const RuleBinder& binder, const ColumnDefault& rule, const Type& type) {
  if (const auto* value = std::get_if<Value>(&rule.value)) {
    return duckdb::make_uniq<duckdb::ConstantExpression>(engine::to_engine_value(*value, type));
  }
  return binder.parse_default("the default of the column " + rule.column, std::get<std::string>(rule.value));
}

ParsedPointer error_instead(const std::string& message) {
  duckdb::vector<ParsedPointer> arguments;
  arguments.push_back(duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(message)));
  return duckdb::make_uniq<duckdb::FunctionExpression>("error", std::move(arguments));
}

// The DEFAULT of a column whose values the table makes: an error where somebody asks for it, and for DESCRIBE the rule.
class ComputedDefault final : public duckdb::FunctionExpression {
 public:
  ComputedDefault(const std::string& column, std::string rule)
      : FunctionExpression("error", message(column)), column_(column), rule_(std::move(rule)) {}

  std::string ToString() const override { return rule_; }
  ParsedPointer Copy() const override {
    auto copy = duckdb::make_uniq<ComputedDefault>(column_, rule_);
    copy->CopyProperties(*this);
    return copy;
  }

 private:
  static duckdb::vector<ParsedPointer> message(const std::string& column) {
    duckdb::vector<ParsedPointer> arguments;
    arguments.push_back(duckdb::make_uniq<duckdb::ConstantExpression>(
        duckdb::Value("the table computes " + column + ": leave it out of the columns instead of giving it DEFAULT")));
    return arguments;
  }

  std::string column_, rule_;
};

std::string rule_text(const RowRules& rules, const std::string& column) {
  const auto generated = find_rule(rules.generated, column);
  if (generated != rules.generated.end()) return fmt::format("GENERATED ALWAYS AS ({})", generated->expression);
  const bool given = find_rule(rules.identities, column)->explicit_values;
  return fmt::format("GENERATED {} AS IDENTITY", given ? "BY DEFAULT" : "ALWAYS");
}

duckdb::unique_ptr<duckdb::Expression> placeholder(const duckdb::LogicalType& type) {
  return duckdb::make_uniq<duckdb::BoundConstantExpression>(duckdb::Value(type));
}

void refuse_identity(const PathsTable& table, const std::string& column, bool update) {
  const auto rule = find_rule(table.rules().identities, column);
  if (rule == table.rules().identities.end() || (rule->explicit_values && !update)) return;
  throw Error(ErrorCode::ConstraintViolation,
              fmt::format("the table hands out the values of {}: {}", rule->column,
                          update ? "they can't be changed" : "rows can't bring their own"),
              update ? fmt::format("leave {} out of SET", rule->column)
                     : fmt::format("name the columns without {}, INSERT INTO ... (a, b)", rule->column));
}

}  // namespace

bool is_computed(const RowRules& rules, const std::string& column) {
  return find_rule(rules.generated, column) != rules.generated.end() ||
         find_rule(rules.identities, column) != rules.identities.end();
}

bool has_default(const RowRules& rules, const std::string& column) {
  return find_rule(rules.defaults, column) != rules.defaults.end();
}

void add_defaults(duckdb::ClientContext& context, const RowRules& rules, duckdb::CreateTableInfo& info) {
  const duckdb::ColumnList none;
  const RuleBinder binder(context, none, rules.dialect);
  for (duckdb::idx_t i = 0; i < info.columns.LogicalColumnCount(); ++i) {
    auto& column = info.columns.GetColumnMutable(duckdb::LogicalIndex(i));
    if (is_computed(rules, column.Name())) {
      column.SetDefaultValue(duckdb::make_uniq<ComputedDefault>(column.Name(), rule_text(rules, column.Name())));
      continue;
    }
    const auto rule = find_rule(rules.defaults, column.Name());
    if (rule == rules.defaults.end()) continue;
    try {
      column.SetDefaultValue(default_value(binder, *rule, engine::from_engine_type(column.Type())));
    } catch (const Error& error) {
      column.SetDefaultValue(error_instead(error.message()));
    }
  }
}

ComputedColumns computed_by_insert(const PathsTable& table, const InsertedColumns& columns,
                                   duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& defaults) {
  ComputedColumns computed(table.GetColumns().LogicalColumnCount(), false);
  for (const auto& column : table.GetColumns().Physical()) {
    const bool given = columns.empty() || columns[column.Physical()] != duckdb::DConstants::INVALID_INDEX;
    if (given) {
      refuse_identity(table, column.Name(), false);
    } else if (is_computed(table.rules(), column.Name())) {
      computed[column.Oid()] = true;
      defaults[column.StorageOid()] = placeholder(column.Type());
    }
  }
  return computed;
}

void assign_computed(duckdb::ClientContext& context, const PathsTable& table, duckdb::LogicalUpdate& update) {
  const auto& columns = table.GetColumns();
  const auto assigned = [&](const duckdb::ColumnDefinition& column) {
    return std::find(update.columns.begin(), update.columns.end(), column.Physical()) != update.columns.end();
  };
  for (const auto& column : columns.Physical()) {
    if (assigned(column)) refuse_identity(table, column.Name(), true);
  }
  const RuleBinder binder(context, columns, table.rules().dialect);
  std::vector<duckdb::PhysicalIndex> anew;
  for (const auto& rule : table.rules().generated) {
    const auto& column = columns.GetColumn(rule.column);
    if (assigned(column)) continue;
    const auto bound = binder.bind("the generated column " + rule.column, rule.expression, column.Type());
    const bool depends = std::any_of(bound.columns.begin(), bound.columns.end(), [&](duckdb::idx_t each) {
      return assigned(columns.GetColumn(duckdb::PhysicalIndex(each)));
    });
    if (depends) anew.push_back(column.Physical());
  }
  for (const auto& index : anew) {
    update.columns.push_back(index);
    update.expressions.push_back(duckdb::make_uniq<duckdb::BoundDefaultExpression>(columns.GetColumn(index).Type()));
  }
}

duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> updated_values(
    const PathsTable& table, const duckdb::vector<duckdb::PhysicalIndex>& columns,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& expressions,
    const duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& defaults, ComputedColumns& computed) {
  const std::size_t all = table.GetColumns().PhysicalColumnCount();
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> ordered(all);
  computed.assign(all, false);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto index = columns[i].index;
    const auto& column = table.GetColumns().GetColumn(columns[i]);
    if (expressions[i]->GetExpressionType() != duckdb::ExpressionType::VALUE_DEFAULT) {
      ordered[index] = std::move(expressions[i]);
    } else if (is_computed(table.rules(), column.Name())) {
      computed[index] = true;
      ordered[index] = placeholder(column.Type());
    } else {
      ordered[index] = defaults[index]->Copy();
    }
  }
  for (const auto& column : table.GetColumns().Physical()) {
    auto& value = ordered[column.StorageOid()];
    if (!value) value = placeholder(column.Type());
  }
  return ordered;
}

}  // namespace lakelet::sql
