#include "formats/delta/schema/readable_schema.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "formats/delta/schema/column_ids.h"
#include "formats/delta/schema/schema_json.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::delta {

namespace {

std::vector<Field> without_void(const std::vector<Field>& fields);

// Elements, keys and values stay: without them there is no list or map.
Type without_void(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Struct: {
      std::vector<Field> children = without_void(type.children());
      return children.empty() ? type : Type::structure(std::move(children));
    }
    case TypeKind::List: {
      Field element = type.children()[0];
      element.type = without_void(element.type);
      return Type::list(std::move(element));
    }
    case TypeKind::Map: {
      Field key = type.children()[0], value = type.children()[1];
      key.type = without_void(key.type);
      value.type = without_void(value.type);
      return Type::map(std::move(key), std::move(value));
    }
    default:
      return type;
  }
}

std::vector<Field> without_void(const std::vector<Field>& fields) {
  std::vector<Field> result;
  for (const Field& field : fields) {
    if (field.type.kind() == TypeKind::Null) continue;
    Field copy = field;
    copy.type = without_void(field.type);
    result.push_back(std::move(copy));
  }
  return result;
}

std::vector<Field> with_void(std::vector<Field> fields, const std::vector<Field>& recorded);

Type with_void(const Type& type, const Type& recorded) {
  if (type.kind() != recorded.kind() || !type.nested()) return type;
  if (type.kind() == TypeKind::Struct) return Type::structure(with_void(type.children(), recorded.children()));
  std::vector<Field> parts = type.children();
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i].type = with_void(parts[i].type, recorded.children()[i].type);
  return type.kind() == TypeKind::List ? Type::list(parts[0]) : Type::map(parts[0], parts[1]);
}

bool has_name(const std::vector<Field>& fields, const std::string& name) {
  return std::any_of(fields.begin(), fields.end(), [&](const Field& field) { return same_name(field.name, name); });
}

// Each behind the column that it stood behind.
std::vector<Field> with_void(std::vector<Field> fields, const std::vector<Field>& recorded) {
  for (Field& field : fields) {
    if (const Field* old = same_column(recorded, field)) field.type = with_void(field.type, old->type);
  }
  const bool any_left = std::any_of(recorded.begin(), recorded.end(),
                                    [&](const Field& old) { return same_column(fields, old) != nullptr; });
  if (!any_left) return fields;
  std::size_t at = 0;
  for (const Field& old : recorded) {
    if (const Field* now = same_column(fields, old)) {
      at = static_cast<std::size_t>(now - fields.data()) + 1;
    } else if (old.type.kind() == TypeKind::Null && !has_name(fields, old.name)) {
      fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(at++), old);
    }
  }
  return fields;
}

// How far up the row of integers a kind is; -1 for none.
int integer_rank(TypeKind kind) {
  switch (kind) {
    case TypeKind::Int8:
      return 0;
    case TypeKind::Int16:
      return 1;
    case TypeKind::Int32:
      return 2;
    case TypeKind::Int64:
      return 3;
    default:
      return -1;
  }
}

}  // namespace

bool is_widening(const Type& from, const Type& to) {
  const int from_rank = integer_rank(from.kind()), to_rank = integer_rank(to.kind());
  if (from_rank >= 0 && to_rank >= 0) return from_rank <= to_rank;
  constexpr int kInt32Rank = 2;
  switch (to.kind()) {
    case TypeKind::Double:
      return from.kind() == TypeKind::Float || (from_rank >= 0 && from_rank <= kInt32Rank);
    case TypeKind::Timestamp:
      return from.kind() == TypeKind::Date;
    case TypeKind::Decimal: {
      // Integers become decimals as decimal(10,0) and decimal(20,0) would.
      const bool decimal = from.kind() == TypeKind::Decimal;
      if (!decimal && from_rank < 0) return false;
      const int precision = decimal ? from.precision() : from_rank <= kInt32Rank ? 10 : 20;
      const int more_scale = to.scale() - (decimal ? from.scale() : 0);
      return more_scale >= 0 && to.precision() - precision >= more_scale;
    }
    default:
      return false;
  }
}

namespace {

void check_changes(const Field& field, const std::string& column) {
  const auto at = field.metadata.find("delta.typeChanges");
  if (at == field.metadata.end()) return;
  simdjson::dom::parser parser;
  simdjson::dom::array changes;
  if (parser.parse(simdjson::padded_string(at->second)).get(changes)) {
    throw Error(ErrorCode::CorruptTable, fmt::format("column '{}' has a delta.typeChanges that is no list", column));
  }
  for (simdjson::dom::element change : changes) {
    std::string_view from, to;
    if (change["fromType"].get(from) || change["toType"].get(to)) {
      throw Error(ErrorCode::CorruptTable, fmt::format("column '{}' has a type change without types", column));
    }
    if (from != to && !is_widening(read_type_name(from, column), read_type_name(to, column))) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("column '{}' was changed from {} to {}, which the protocol's typeWidening doesn't have",
                              column, from, to));
    }
  }
}

void check_fields(const std::vector<Field>& fields, const std::string& parent) {
  for (const Field& field : fields) {
    const std::string column = parent.empty() ? field.name : fmt::format("{}.{}", parent, field.name);
    check_changes(field, column);
    check_fields(field.type.children(), column);
  }
}

}  // namespace

Schema without_void_columns(const Schema& schema) {
  std::vector<Field> fields = without_void(schema.fields());
  return fields.empty() ? schema : Schema(std::move(fields));
}

Schema with_void_columns(const Schema& schema, const Schema& recorded) {
  return Schema(with_void(schema.fields(), recorded.fields()));
}

void require_known_type_changes(const Schema& schema) {
  check_fields(schema.fields(), "");
}

}  // namespace lakelet::delta
