#include "table/schema_evolution.h"

#include <algorithm>

#include "table/column_path.h"

namespace lakelet {
namespace {

Field all_nullable(Field field);

Type all_nullable(const Type& type) {
  std::vector<Field> children = type.children();
  switch (type.kind()) {
    case TypeKind::Struct:
      for (Field& child : children) child = all_nullable(std::move(child));
      return Type::structure(std::move(children));
    case TypeKind::List:
      return Type::list(all_nullable(children[0]));
    case TypeKind::Map:
      children[0].type = all_nullable(children[0].type);
      return Type::map(children[0], all_nullable(children[1]));
    default:
      return type;
  }
}

Field all_nullable(Field field) {
  field.nullable = true;
  field.type = all_nullable(field.type);
  return field;
}

std::vector<Field> merged(const std::vector<Field>& table, const std::vector<Field>& rows, const Widens& widens);

Type merged(const Type& table, const Type& rows, const Widens& widens) {
  if (table.kind() == rows.kind() && table.nested()) {
    if (table.kind() == TypeKind::Struct) return Type::structure(merged(table.children(), rows.children(), widens));
    std::vector<Field> parts = table.children();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      parts[i].type = merged(parts[i].type, rows.children()[i].type, widens);
    }
    return table.kind() == TypeKind::List ? Type::list(parts[0]) : Type::map(parts[0], parts[1]);
  }
  const bool primitive = !table.nested() && !rows.nested();
  return primitive && !(table == rows) && widens(table, rows) ? rows : table;
}

std::vector<Field> merged(const std::vector<Field>& table, const std::vector<Field>& rows, const Widens& widens) {
  std::vector<Field> fields = table;
  for (const Field& row : rows) {
    const auto same = [&](const Field& field) { return same_name(field.name, row.name); };
    const auto at = std::find_if(fields.begin(), fields.end(), same);
    if (at == fields.end()) {
      fields.push_back(all_nullable(row));
    } else {
      at->type = merged(at->type, row.type, widens);
    }
  }
  return fields;
}

}  // namespace

Schema merged_schema(const Schema& table, const Schema& rows, const Widens& widens) {
  return Schema(merged(table.fields(), rows.fields(), widens));
}

}  // namespace lakelet
