#include "sql/rules/insert_source.h"

#include <algorithm>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/parser/expression/cast_expression.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <duckdb/parser/query_node/select_node.hpp>
#include <duckdb/parser/tableref/expressionlistref.hpp>

#include "engine/type_mapping.h"
#include "sql/catalog/paths_catalog.h"
#include "sql/catalog/paths_transaction.h"
#include "sql/ddl/create_table.h"
#include "sql/rules/column_fit.h"
#include "sql/rules/computed_columns.h"
#include "table/schema_evolution.h"

namespace lakelet::sql {
namespace {

void find_literals(const duckdb::InsertStatement& insert, std::vector<SourceColumn>& columns) {
  if (const auto values = insert.GetValuesList()) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const bool all = std::all_of(values->values.begin(), values->values.end(),
                                   [&](const auto& row) { return i < row.size() && add_literal(*row[i], columns[i]); });
      if (!all) columns[i].literals.clear();
    }
    return;
  }
  const auto& node = *insert.select_statement->node;
  if (node.type != duckdb::QueryNodeType::SELECT_NODE) return;
  const auto& list = node.Cast<duckdb::SelectNode>().select_list;
  if (list.size() != columns.size()) return;  // a star
  for (std::size_t i = 0; i < list.size(); ++i) add_literal(*list[i], columns[i]);
}

std::vector<SourceColumn> bind_source(duckdb::ClientContext& context, const duckdb::InsertStatement& insert,
                                      const ParameterValues& parameters, bool nulls) {
  auto select = duckdb::unique_ptr_cast<duckdb::SQLStatement, duckdb::SelectStatement>(insert.select_statement->Copy());
  for (const auto& [name, cte] : insert.cte_map.map) {
    if (!select->node->cte_map.map.contains(name)) select->node->cte_map.map[name] = cte->Copy();
  }
  select->named_param_map = insert.named_param_map;
  auto columns = bind_columns(context, std::move(select), parameters, nulls);
  find_literals(insert, columns);
  return columns;
}

Schema schema_of(const std::vector<SourceColumn>& columns, const Schema& before) {
  std::vector<Field> fields;
  for (const auto& column : columns) {
    Field field;
    field.name = column.name;
    field.type = engine::from_engine_type(column.type);
    if (field.type.kind() == TypeKind::Null) {
      throw Error(ErrorCode::InvalidArgument, "column " + column.name + " has no type: all of its values are NULL",
                  "cast it to the type that it is to have");
    }
    if (const Field* old = before.find(column.name); old && old->type == field.type) field = *old;
    field.nullable = true;
    fields.push_back(std::move(field));
  }
  return Schema(std::move(fields));
}

std::string names_of(const Schema& schema) {
  std::string names;
  for (const auto& field : schema.fields()) names += (names.empty() ? "" : ", ") + field.name;
  return names;
}

void check_present(const Schema& schema, const RowRules& rules, const std::vector<std::string>& given) {
  for (const auto& field : schema.fields()) {
    const bool has = std::any_of(given.begin(), given.end(),
                                 [&](const auto& name) { return duckdb::StringUtil::CIEquals(name, field.name); });
    if (!field.nullable && !has && !is_computed(rules, field.name) && !has_default(rules, field.name)) {
      throw Error(ErrorCode::ConstraintViolation, "column " + field.name + " is NOT NULL, and the rows don't have it");
    }
  }
}

void check_by_name(const Schema& schema, const RowRules& rules, const std::vector<SourceColumn>& columns) {
  std::vector<std::string> given;
  for (const auto& column : columns) {
    const Field* field = schema.find(column.name);
    if (!field) {
      throw Error(
          ErrorCode::ConstraintViolation,
          "the rows have a column " + column.name + " that the table doesn't have (it has " + names_of(schema) + ")",
          "--schema-mode merge adds it to the table");
    }
    check_column(*field, column);
    given.push_back(column.name);
  }
  check_present(schema, rules, given);
}

void check_by_position(const Schema& schema, const RowRules& rules, const std::vector<std::string>& into,
                       const std::vector<SourceColumn>& columns) {
  if (into.size() != columns.size()) {
    throw Error(ErrorCode::ConstraintViolation,
                "the rows have " + std::to_string(columns.size()) + " columns for " + std::to_string(into.size()) +
                    " of the table (it has " + names_of(schema) + ")",
                "name the columns, INSERT INTO ... (a, b), or match them by name, INSERT INTO ... BY NAME");
  }
  for (std::size_t i = 0; i < into.size(); ++i) {
    const Field* field = schema.find(into[i]);
    if (!field) throw Error(ErrorCode::InvalidArgument, "the table has no column " + into[i]);
    check_column(*field, columns[i]);
  }
  check_present(schema, rules, into);
}

Widens widens_of(const TableChange& change) {
  return [view = change.view()](const Type& from, const Type& to) { return view->widens(from, to); };
}

// What the rows add to the table's columns; nullopt if nothing.
std::optional<Schema> evolved(const Schema& schema, const std::vector<SourceColumn>& columns,
                              const WriteOptions& options, const Widens& widens) {
  if (options.schema_mode == SchemaMode::Overwrite) {
    if (!options.replace_all) {
      throw Error(ErrorCode::InvalidArgument, "the schema can be replaced only together with all rows",
                  "--mode overwrite, or --schema-mode merge");
    }
    auto replaced = schema_of(columns, schema);
    return replaced == schema ? std::nullopt : std::optional(std::move(replaced));
  }
  Schema merged = merged_schema(schema, schema_of(columns, schema), widens);
  return merged == schema ? std::nullopt : std::optional(std::move(merged));
}

// The column's default, in the type of the column.
ParsedPointer default_of(const duckdb::ColumnDefinition& column) {
  if (!column.HasDefaultValue()) return duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(column.Type()));
  return duckdb::make_uniq<duckdb::CastExpression>(column.Type(), column.DefaultValue().Copy());
}

bool is_default(const ParsedPointer& expression) {
  return expression->GetExpressionType() == duckdb::ExpressionType::VALUE_DEFAULT;
}

// VALUES (1, DEFAULT): what the column's default says. A column that the table computes is left out instead.
void expand_defaults(const PathsTable& table, duckdb::InsertStatement& insert) {
  auto values = insert.GetValuesList();
  if (!values || insert.column_order == duckdb::InsertColumnOrder::INSERT_BY_NAME) return;
  auto into = insert.columns;
  if (into.empty()) into = table.GetColumns().GetColumnNames();
  for (std::size_t i = into.size(); i-- > 0;) {
    if (!table.ColumnExists(into[i])) continue;
    const auto asks = std::count_if(values->values.begin(), values->values.end(),
                                    [&](const auto& row) { return i < row.size() && is_default(row[i]); });
    if (asks == 0) continue;
    const bool computed = is_computed(table.rules(), into[i]);
    if (computed && static_cast<std::size_t>(asks) < values->values.size()) {
      throw Error(ErrorCode::UnsupportedFeature, "some of the rows give " + into[i] + " a value and some DEFAULT",
                  "make two statements of it, one of them without the column");
    }
    for (auto& row : values->values) {
      if (computed) {
        row.erase(row.begin() + static_cast<std::ptrdiff_t>(i));
      } else if (is_default(row[i])) {
        row[i] = default_of(table.GetColumn(into[i]));
      }
    }
    if (!computed) continue;
    into.erase(into.begin() + static_cast<std::ptrdiff_t>(i));
    insert.columns = into;
  }
}

duckdb::optional_ptr<PathsTable> find_table(duckdb::ClientContext& context, const duckdb::InsertStatement& insert) {
  auto entry = duckdb::Catalog::GetEntry(context, insert.catalog, insert.schema,
                                         duckdb::EntryLookupInfo(duckdb::CatalogType::TABLE_ENTRY, insert.table),
                                         duckdb::OnEntryNotFound::RETURN_NULL);
  return dynamic_cast<PathsTable*>(entry.get());
}

}  // namespace

void fit_insert(duckdb::ClientContext& context, duckdb::InsertStatement& insert, const ParameterValues& parameters) {
  const auto& options = ConnectionState::of(context).options;
  auto& paths = duckdb::Catalog::GetCatalog(context, kPathsCatalog);
  auto table = find_table(context, insert);
  const bool creates = !table && options.create;
  if ((!table && !creates) || !insert.select_statement) return;
  if (table) expand_defaults(*table, insert);
  // The columns of a table that follow the rows need types.
  const bool nulls = table && options.schema_mode == SchemaMode::Enforce;
  const auto columns = bind_source(context, insert, parameters, nulls);
  auto& transaction = PathsTransaction::get(context, table ? table->catalog : paths);
  if (creates) {
    NewTable made = *options.create;
    if (made.spec.schema.empty()) made.spec.schema = schema_of(columns, {});
    transaction.create(insert.table, made);
    insert.catalog = kPathsCatalog;
    insert.schema = kPathsSchema;
    table = find_table(context, insert);
  } else if (options.schema_mode != SchemaMode::Enforce && !insert.GetValuesList()) {
    insert.column_order = duckdb::InsertColumnOrder::INSERT_BY_NAME;
    insert.columns.clear();
    auto& change = transaction.change(*table);
    if (auto schema = evolved(change.schema(), columns, options, widens_of(change))) {
      change.require(options.replace_all ? Access::ChangeRows : Access::Append);
      change.set_schema(std::move(*schema), options.schema_mode == SchemaMode::Overwrite);
      transaction.refresh(table->uri());
      table = find_table(context, insert);
    }
  }
  const auto* change = transaction.find_change(table->uri());
  const Schema& schema = change ? change->schema() : table->snapshot()->schema();
  const RowRules& rules = table->rules();
  if (insert.column_order == duckdb::InsertColumnOrder::INSERT_BY_NAME) return check_by_name(schema, rules, columns);
  std::vector<std::string> into(insert.columns.begin(), insert.columns.end());
  if (into.empty()) {
    for (const auto& field : schema.fields()) into.push_back(field.name);
  }
  check_by_position(schema, rules, into, columns);
}

}  // namespace lakelet::sql
