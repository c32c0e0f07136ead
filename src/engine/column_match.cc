#include "engine/column_match.h"

#include <duckdb/common/string_util.hpp>
#include <duckdb/parser/expression/constant_expression.hpp>
#include <optional>

#include "engine/type_mapping.h"

namespace lakelet::engine {

namespace {

using Definition = duckdb::MultiFileColumnDefinition;

// No column is called that: what isn't in the file must not be found by its logical name.
const char* const kAbsent = "\x01 not in this file";

duckdb::unique_ptr<duckdb::ParsedExpression> default_of(const Field& field) {
  duckdb::Value value = field.initial_default && !field.type.nested()
                            ? to_engine_value(*field.initial_default, field.type)
                            : duckdb::Value(to_engine_type(field.type));
  return duckdb::make_uniq<duckdb::ConstantExpression>(std::move(value));
}

Definition declare(const Field& field) {
  Definition column(field.name, to_engine_type(field.type));
  column.default_expression = default_of(field);
  if (field.type.kind() == TypeKind::Struct) {
    for (const Field& child : field.type.children()) column.children.push_back(declare(child));
  }
  return column;
}

bool has_id(const Definition& column, std::int32_t id) {
  return !column.identifier.IsNull() && column.identifier.type().id() == duckdb::LogicalTypeId::INTEGER &&
         column.identifier.GetValue<std::int32_t>() == id;
}

const Definition* find_column(const Field& field, ColumnMatching matching, const ColumnDefinitions& local) {
  if (matching == ColumnMatching::ById && field.id) {
    for (const Definition& column : local) {
      if (has_id(column, *field.id)) return &column;
    }
    return nullptr;
  }
  for (const Definition& column : local) {
    if (column.name == field.file_name()) return &column;
  }
  for (const Definition& column : local) {
    if (duckdb::StringUtil::CIEquals(column.name, field.file_name())) return &column;
  }
  return nullptr;
}

Definition match_found(const Field& field, ColumnMatching matching, const Definition& found);

Definition match(const Field& field, ColumnMatching matching, const ColumnDefinitions& local) {
  if (const Definition* found = find_column(field, matching, local)) return match_found(field, matching, *found);
  Definition column(field.name, to_engine_type(field.type));
  column.default_expression = default_of(field);
  column.identifier = duckdb::Value(kAbsent);
  return column;
}

Definition match_found(const Field& field, ColumnMatching matching, const Definition& found) {
  Definition column(field.name, to_engine_type(field.type));
  column.default_expression = default_of(field);
  column.identifier = duckdb::Value(found.name);
  const auto& parts = field.type.children();
  switch (field.type.kind()) {
    case TypeKind::Struct:
      for (const Field& child : parts) column.children.push_back(match(child, matching, found.children));
      break;
    case TypeKind::List:
      // Elements, keys and values have one place, whatever a writer calls them and whether or not they have ids.
      if (found.type != column.type && found.children.size() == 1) {
        column.children.push_back(match_found(parts[0], matching, found.children[0]));
      }
      break;
    case TypeKind::Map:
      if (found.type != column.type && found.children.size() == 1 && found.children[0].children.size() == 2) {
        for (std::size_t i : {0, 1}) {
          column.children.push_back(match_found(parts[i], matching, found.children[0].children[i]));
        }
      }
      break;
    default:
      break;
  }
  return column;
}

}  // namespace

ColumnDefinitions declare_columns(const Schema& schema) {
  ColumnDefinitions columns;
  for (const Field& field : schema.fields()) columns.push_back(declare(field));
  return columns;
}

ColumnDefinitions match_columns(const Schema& schema, ColumnMatching matching, const ColumnDefinitions& declared,
                                const ColumnDefinitions& local, const duckdb::vector<duckdb::ColumnIndex>& wanted) {
  ColumnDefinitions columns;
  columns.reserve(declared.size());
  for (const Definition& column : declared) columns.emplace_back(column.name, column.type);
  for (const auto& index : wanted) {
    if (index.IsVirtualColumn() || index.GetPrimaryIndex() >= schema.size()) continue;
    columns[index.GetPrimaryIndex()] = match(schema[index.GetPrimaryIndex()], matching, local);
  }
  return columns;
}

}  // namespace lakelet::engine
