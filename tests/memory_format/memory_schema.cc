#include <fmt/format.h>

#include <algorithm>

#include "memory_format/memory_properties.h"
#include "memory_format/memory_transaction.h"

namespace lakelet {
namespace {

std::int32_t greatest_id(const std::vector<Field>& fields) {
  std::int32_t greatest = 0;
  for (const Field& field : fields) {
    greatest = std::max({greatest, field.id.value_or(0), greatest_id(field.type.children())});
  }
  return greatest;
}

class Namer {
 public:
  Namer(ColumnNaming naming, std::int32_t& last_id) : naming_(naming), last_id_(last_id) {}

  std::vector<Field> name(std::vector<Field> fields) {
    for (Field& field : fields) field = name(std::move(field), true);
    return fields;
  }

 private:
  Field name(Field field, bool of_struct) {
    if (!field.id) field.id = ++last_id_;
    if (naming_ == ColumnNaming::Physical && of_struct && field.physical_name.empty()) {
      field.physical_name = fmt::format("c{}", *field.id);
    }
    const std::vector<Field>& children = field.type.children();
    if (field.type.kind() == TypeKind::Struct) {
      field.type = Type::structure(name(children));
    } else if (field.type.kind() == TypeKind::List) {
      field.type = Type::list(name(children[0], false));
    } else if (field.type.kind() == TypeKind::Map) {
      field.type = Type::map(name(children[0], false), name(children[1], false));
    }
    return field;
  }

  const ColumnNaming naming_;
  std::int32_t& last_id_;
};

}  // namespace

Schema named_schema(const Schema& schema, const Properties& properties, std::int32_t& last_id) {
  const ColumnNaming naming = column_naming(properties);
  if (naming == ColumnNaming::Name) return schema;
  last_id = std::max(last_id, greatest_id(schema.fields()));
  return Schema(Namer(naming, last_id).name(schema.fields()));
}

bool keeps_columns(const Schema& before, const Schema& after) {
  return std::all_of(before.fields().begin(), before.fields().end(),
                     [&](const Field& field) { return after.find(field.name) != nullptr; });
}

}  // namespace lakelet
