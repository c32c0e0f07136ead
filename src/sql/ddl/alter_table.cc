#include <fmt/format.h>

#include "sql/catalog/paths_transaction.h"
#include "sql/change/table_change.h"
#include "sql/ddl/layout_change.h"
#include "sql/rules/computed_columns.h"
#include "sql/rules/kept_rules.h"
#include "sql/rules/row_check.h"
#include "sql/rules/rule_binder.h"
#include "sql/session/connection_state.h"
#include "table/clustering.h"
#include "table/partition_fields.h"
#include "table/partitioning.h"
#include "table/schema_alteration.h"
#include "table/table_layout_change.h"

namespace lakelet::sql {
namespace {

template <typename... Kinds>
bool is_any(const Alteration& change) {
  return (std::holds_alternative<Kinds>(change) || ...);
}

Properties with(Properties properties, const SetProperties& change) {
  for (const auto& [name, value] : change.properties) properties[name] = value;
  return properties;
}

Properties without(Properties properties, const UnsetProperties& change) {
  for (const std::string& name : change.names) {
    if (properties.erase(name) == 0 && !change.if_exists) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("the table has no property {}", name),
                  "UNSET TBLPROPERTIES IF EXISTS passes over those that aren't there");
    }
  }
  return properties;
}

// Does nothing where what goes isn't there, if that was asked for.
template <typename Drop>
void if_there(bool asked, const Drop& drop) {
  try {
    drop();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NotFound || !asked) throw;
  }
}

std::string own_column(const ColumnPath& path) {
  if (path.size() == 1) return path.front();
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("'{}' is part of a column: only columns of the table have defaults", to_string(path)));
}

}  // namespace

void TableChange::replace(const CreateSpec& spec, bool whole) {
  require_clustering(*transaction_, spec.properties);
  ++open_statements_;
  replaced_ = true;
  remove_all();
  if (spec.properties.contains(kClusterBy)) {  // whose columns every file that stays has to know
    for (const auto& [path, file] : removed_) transaction_->remove(file);
  }
  transaction_->clear_rules();
  transaction_->set_partitioning({});
  transaction_->set_schema(spec.schema);
  forget_gone_columns(*transaction_);
  if (!spec.partition_by.empty()) transaction_->set_partitioning(parse_partitioning(spec.schema, spec.partition_by));
  if (whole) {
    transaction_->set_properties(spec.properties);
    transaction_->set_name(spec.name, spec.description);
  } else if (!spec.properties.empty()) {
    transaction_->set_properties(with(view_->properties(), SetProperties{spec.properties}));
  }
  look_again();
  --open_statements_;
}

void TableChange::set_value_rule(const std::string& column, const std::optional<ValueRule>& rule) {
  transaction_->set_value_rule(column, rule);
  look_again();
}

void TableChange::alter(const Alteration& change) {
  Transaction& table = *transaction_;
  const WriteLayout before = table.write_layout();
  const TableMetadata& metadata = view_->metadata();
  if (const auto* set = std::get_if<SetProperties>(&change)) {
    require_clustering(table, set->properties);
    table.set_properties(with(view_->properties(), *set));
  } else if (const auto* unset = std::get_if<UnsetProperties>(&change)) {
    table.set_properties(without(view_->properties(), *unset));
  } else if (const auto* name = std::get_if<SetTableName>(&change)) {
    table.set_name(name->name, metadata.description);
  } else if (const auto* text = std::get_if<SetDescription>(&change)) {
    table.set_name(metadata.name, text->text);
  } else if (const auto* added = std::get_if<AddConstraint>(&change)) {
    table.set_constraint(added->name, added->condition);
  } else if (const auto* dropped = std::get_if<DropConstraint>(&change)) {
    if_there(dropped->if_exists, [&] { table.set_constraint(dropped->name, std::nullopt); });
  } else if (const auto* value = std::get_if<SetDefault>(&change)) {
    const std::string column = own_column(value->column);
    if (is_computed(view_->row_rules(), column)) {
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("the table computes the column '{}', it can't have a default", column));
    }
    table.set_value_rule(column, DefaultValue{value->expression, value->constant});
  } else if (const auto* without_default = std::get_if<DropDefault>(&change)) {
    const std::string column = own_column(without_default->column);
    if_there(without_default->if_exists, [&] { table.set_value_rule(column, std::nullopt); });
  } else if (const auto* domain = std::get_if<SetDomain>(&change)) {
    table.set_domain(domain->name, domain->text);
  } else {
    // What was written already goes by the columns as they were then.
    if (!added_.empty() && is_any<DropColumn, RenameColumn, SetColumnType>(change)) {
      throw Error(
          ErrorCode::UnsupportedFeature,
          fmt::format("columns can't be dropped, renamed or made another type in a transaction that wrote rows: {}",
                      uri_),
          "COMMIT first");
    }
    table.set_schema(altered(view_->schema(), change));
    if (const auto* column = std::get_if<AddColumn>(&change); column && column->rule) {
      if (!column->parent.empty()) own_column({column->parent.front(), column->field.name});
      table.set_value_rule(column->field.name, column->rule);
    }
  }
  const WriteLayout after = table.write_layout();
  const bool properties = is_any<SetProperties, UnsetProperties>(change);
  if (properties && !added_.empty() && (before.field_ids != after.field_ids || before.matching != after.matching)) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("how files name their columns can't change in a transaction that wrote rows: {}", uri_),
                "COMMIT first");
  }
  look_again();
}

namespace {

StatementFacts facts_of(const Alteration& change) {
  StatementFacts facts;
  const bool columns =
      !is_any<SetProperties, UnsetProperties, SetTableName, SetDescription, AddConstraint, DropConstraint, SetDomain>(
          change);
  facts.operation = columns ? Operation::ChangeSchema : Operation::SetProperties;
  return facts;
}

// A rule that can't be honoured on new rows would make the table one that nobody can write to.
void require_honoured(duckdb::ClientContext& context, const PathsTable& table, const Alteration& change) {
  if (const auto* added = std::get_if<AddConstraint>(&change)) {
    const RuleBinder binder(context, table.GetColumns(), table.rules().dialect);
    binder.bind(fmt::format("the constraint {}", added->name), added->condition, duckdb::LogicalType::BOOLEAN);
  }
  const auto* column = std::get_if<AddColumn>(&change);
  if (std::holds_alternative<SetDefault>(change) || (column && column->rule)) require_rules(context, table);
}

}  // namespace

void alter_table(duckdb::ClientContext& context, PathsTable& table, const Alteration& given, bool rows_checked) {
  const Alteration change = with_constants(context, table, given);
  auto& transaction = PathsTransaction::get(context, table.catalog);
  TableChange& changed = transaction.change(table);
  changed.require(Access::Append);
  if (condition_of(change, changed.schema())) {
    if (!rows_checked) {
      throw Error(ErrorCode::UnsupportedFeature, "an ALTER TABLE that looks at the rows can't be prepared",
                  "run it as a statement of its own");
    }
    changed.read_where(Predicate::always());
  }
  changed.begin_statement(facts_of(change));
  changed.alter(change);
  transaction.refresh(table.uri());
  require_honoured(context, *transaction.find(table.schema, table.name, LatestVersion{}), change);
  changed.end_statement();
}

void change_layout(duckdb::ClientContext& context, PathsTable& table, const LayoutChange& change) {
  auto& transaction = PathsTransaction::get(context, table.catalog);
  TableChange& changed = transaction.change(table);
  changed.require(Access::Append);
  const bool partitions = std::holds_alternative<AddPartitionField>(change) ||
                          std::holds_alternative<DropPartitionField>(change) ||
                          std::holds_alternative<ReplacePartitionField>(change);
  if (partitions && changed.dirty()) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("the partitioning can't change in a transaction that changed rows: {}", changed.uri()),
                "COMMIT first");
  }
  StatementFacts facts;
  facts.operation = Operation::SetProperties;
  changed.begin_statement(facts);
  apply(changed.transaction(), *changed.view(), change);
  changed.alter(SetProperties{});  // looks at what the table is now
  changed.end_statement();
  transaction.refresh(table.uri());
}

}  // namespace lakelet::sql
