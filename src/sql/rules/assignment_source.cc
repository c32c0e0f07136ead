#include "sql/rules/assignment_source.h"

#include <duckdb/catalog/catalog.hpp>
#include <duckdb/parser/expression/star_expression.hpp>
#include <duckdb/parser/query_node/select_node.hpp>
#include <duckdb/parser/tableref/basetableref.hpp>
#include <duckdb/parser/tableref/joinref.hpp>

#include "lakelet/error.h"
#include "sql/catalog/paths_table.h"
#include "sql/rules/assignment.h"

namespace lakelet::sql {
namespace {

using Reference = duckdb::unique_ptr<duckdb::TableRef>;

// Null for any other table.
const PathsTable* target_of(duckdb::ClientContext& context, const duckdb::TableRef& reference) {
  if (reference.type != duckdb::TableReferenceType::BASE_TABLE) return nullptr;
  const auto& base = reference.Cast<duckdb::BaseTableRef>();
  auto entry = duckdb::Catalog::GetEntry(context, base.catalog_name, base.schema_name,
                                         duckdb::EntryLookupInfo(duckdb::CatalogType::TABLE_ENTRY, base.table_name),
                                         duckdb::OnEntryNotFound::RETURN_NULL);
  return dynamic_cast<const PathsTable*>(entry.get());
}

Reference beside(Reference left, Reference right) {
  auto joined = duckdb::make_uniq<duckdb::JoinRef>(duckdb::JoinRefType::CROSS);
  joined->left = std::move(left);
  joined->right = std::move(right);
  return joined;
}

// What is assigned out of one FROM, bound at once: to bind a source may mean to look into a file.
class Assignments {
 public:
  void add(const std::string& column, const duckdb::ParsedExpression& value) {
    if (value.GetExpressionType() == duckdb::ExpressionType::VALUE_DEFAULT) return;
    SourceColumn literal;
    add_literal(value, literal);
    values_.push_back({column, value.Copy(), std::move(literal.literals)});
  }
  // Every column of the FROM, by its name (`into` is empty) or by position.
  void add_all(std::vector<std::string> into) { stars_.push_back(std::move(into)); }

  // Throws Error(ConstraintViolation). Nothing happens if it doesn't bind.
  void check(duckdb::ClientContext& context, const Schema& schema, const ParameterValues& parameters,
             const duckdb::CommonTableExpressionMap& ctes, Reference from) const {
    if (values_.empty() && stars_.empty()) return;
    auto node = duckdb::make_uniq<duckdb::SelectNode>();
    for (const auto& value : values_) node->select_list.push_back(value.expression->Copy());
    if (!stars_.empty()) node->select_list.push_back(duckdb::make_uniq<duckdb::StarExpression>());
    node->from_table = std::move(from);
    for (const auto& [name, cte] : ctes.map) node->cte_map.map[name] = cte->Copy();
    const auto given = bind(context, std::move(node), parameters);
    if (given.size() < values_.size()) return;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      SourceColumn value = given[i];
      value.literals = values_[i].literals;
      check_one(schema, values_[i].column, std::move(value));
    }
    for (const auto& into : stars_) {
      for (std::size_t i = values_.size(); i < given.size(); ++i) {
        const std::size_t position = i - values_.size();
        if (into.empty() || position < into.size()) {
          check_one(schema, into.empty() ? given[i].name : into[position], given[i]);
        }
      }
    }
  }

 private:
  struct Assigned {
    std::string column;
    duckdb::unique_ptr<duckdb::ParsedExpression> expression;
    std::vector<duckdb::Value> literals;
  };

  static std::vector<SourceColumn> bind(duckdb::ClientContext& context, duckdb::unique_ptr<duckdb::SelectNode> node,
                                        const ParameterValues& parameters) {
    auto select = duckdb::make_uniq<duckdb::SelectStatement>();
    select->node = std::move(node);
    try {
      return bind_columns(context, std::move(select), parameters, true);
    } catch (const Error&) {
      throw;
    } catch (const std::exception&) {
      return {};
    }
  }

  static void check_one(const Schema& schema, const std::string& name, SourceColumn given) {
    const Field* field = schema.find(name);
    if (!field) return;
    const bool prints = field->type.kind() == TypeKind::String && !given.type.IsNested();
    if (prints || given.type.id() == duckdb::LogicalTypeId::UNKNOWN) return;
    given.name = name;
    check_column(*field, given);
  }

  std::vector<Assigned> values_;
  std::vector<std::vector<std::string>> stars_;
};

std::vector<std::string> names_of(const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema.fields()) names.push_back(field.name);
  return names;
}

bool by_name(const duckdb::MergeIntoAction& action) {
  return action.column_order == duckdb::InsertColumnOrder::INSERT_BY_NAME;
}

void add_set(const duckdb::UpdateSetInfo& set, Assignments& to) {
  for (std::size_t i = 0; i < set.columns.size(); ++i) to.add(set.columns[i], *set.expressions[i]);
}

void add_insert(const duckdb::MergeIntoAction& action, const Schema& schema, Assignments& to) {
  if (action.default_values) return;
  std::vector<std::string> into(action.insert_columns.begin(), action.insert_columns.end());
  if (into.empty()) into = names_of(schema);
  if (action.expressions.empty()) return to.add_all(by_name(action) ? std::vector<std::string>() : std::move(into));
  for (std::size_t i = 0; i < into.size() && i < action.expressions.size(); ++i) {
    to.add(into[i], *action.expressions[i]);
  }
}

}  // namespace

void fit_update(duckdb::ClientContext& context, const duckdb::UpdateStatement& update,
                const ParameterValues& parameters) {
  const auto* table = target_of(context, *update.table);
  if (!table) return;
  Reference from = update.table->Copy();
  if (update.from_table) from = beside(std::move(from), update.from_table->Copy());
  Assignments assigned;
  add_set(*update.set_info, assigned);
  assigned.check(context, table->snapshot()->schema(), parameters, update.cte_map, std::move(from));
}

void fit_merge(duckdb::ClientContext& context, const duckdb::MergeIntoStatement& merge,
               const ParameterValues& parameters) {
  const auto* table = target_of(context, *merge.target);
  if (!table) return;
  const Schema& schema = table->snapshot()->schema();
  Assignments matched, of_target, of_source;
  for (const auto& [condition, actions] : merge.actions) {
    const bool both = condition == duckdb::MergeActionCondition::WHEN_MATCHED;
    for (const auto& action : actions) {
      if (action->action_type == duckdb::MergeActionType::MERGE_INSERT) {
        add_insert(*action, schema, of_source);
      } else if (action->action_type == duckdb::MergeActionType::MERGE_UPDATE && action->update_info) {
        add_set(*action->update_info, both ? matched : of_target);
      } else if (action->action_type == duckdb::MergeActionType::MERGE_UPDATE) {
        of_source.add_all(by_name(*action) ? std::vector<std::string>() : names_of(schema));
      }
    }
  }
  const auto check = [&](const Assignments& assigned, Reference from) {
    assigned.check(context, schema, parameters, merge.cte_map, std::move(from));
  };
  check(matched, beside(merge.target->Copy(), merge.source->Copy()));
  check(of_target, merge.target->Copy());
  check(of_source, merge.source->Copy());
}

}  // namespace lakelet::sql
