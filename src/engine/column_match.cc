#include "engine/column_match.h"

#include <duckdb/parser/expression/constant_expression.hpp>

#include "engine/type_mapping.h"

namespace lakelet::engine {

namespace {

using Definition = duckdb::MultiFileColumnDefinition;

// No column is called that: what isn't in the file must not be found by its logical name.
const char* const kAbsent = "\x01 not in this file";

duckdb::unique_ptr<duckdb::ParsedExpression> default_of(const Field& field) {
  return duckdb::make_uniq<duckdb::ConstantExpression>(absent_value(field));
}

Definition declare(const Field& field) {
  Definition column(field.name, to_engine_type(field.type));
  column.default_expression = default_of(field);
  if (field.type.kind() == TypeKind::Struct) {
    for (const Field& child : field.type.children()) column.children.push_back(declare(child));
  }
  return column;
}

Definition match_found(const Field& field, ColumnMatching matching, const StoredColumn& found);

Definition match(const Field& field, ColumnMatching matching, const std::vector<StoredColumn>& stored) {
  if (const auto at = find_stored(field, matching, stored)) return match_found(field, matching, stored[*at]);
  Definition column(field.name, to_engine_type(field.type));
  column.default_expression = default_of(field);
  column.identifier = duckdb::Value(kAbsent);
  return column;
}

Definition match_found(const Field& field, ColumnMatching matching, const StoredColumn& found) {
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
      if (found.type != column.type) column.children.push_back(match_found(parts[0], matching, found.children.at(0)));
      break;
    case TypeKind::Map:
      if (found.type != column.type) {
        for (std::size_t i : {0, 1}) {
          column.children.push_back(match_found(parts[i], matching, found.children.at(0).children.at(i)));
        }
      }
      break;
    default:
      break;
  }
  return column;
}

// As it is stored, whole.
Definition stored_definition(const Field& field, const StoredColumn& found) {
  Definition column(field.name, found.type);
  column.default_expression = duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(found.type));
  column.identifier = duckdb::Value(found.name);
  return column;
}

}  // namespace

ColumnDefinitions declare_columns(const Schema& schema) {
  ColumnDefinitions columns;
  for (const Field& field : schema.fields()) columns.push_back(declare(field));
  return columns;
}

MatchedColumns match_columns(const Schema& schema, ColumnMatching matching, const ColumnDefinitions& declared,
                             StoredFile& file, const std::vector<std::size_t>& wanted) {
  MatchedColumns result;
  result.definitions.reserve(declared.size());
  for (const Definition& column : declared) result.definitions.emplace_back(column.name, column.type);
  for (const std::size_t index : wanted) {
    const Field& field = schema[index];
    const auto at = find_stored(field, matching, file.columns);
    if (at) {
      Conversion conversion = plan_conversion(field, matching, file, file.columns[*at]);
      if (!is_plain(conversion)) {
        result.conversions[index] = std::make_shared<const Conversion>(std::move(conversion));
        result.definitions[index] = stored_definition(field, file.columns[*at]);
        continue;
      }
    }
    result.definitions[index] = match(field, matching, file.columns);
  }
  return result;
}

}  // namespace lakelet::engine
