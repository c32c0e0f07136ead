#include "formats/delta/schema/column_ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/uuid.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::delta {
namespace {

constexpr const char* kIdKey = "delta.columnMapping.id";
constexpr const char* kPhysicalNameKey = "delta.columnMapping.physicalName";

std::int64_t greatest_id(const std::vector<Field>& fields) {
  std::int64_t greatest = 0;
  for (const Field& field : fields) {
    greatest = std::max({greatest, std::int64_t{field.id.value_or(0)}, greatest_id(field.type.children())});
  }
  return greatest;
}

// The type with each child as `change` makes it of it; `of_struct` tells fields of structs from elements, keys, values.
template <typename Change>
Type with_children(const Type& type, const Change& change) {
  const std::vector<Field>& children = type.children();
  switch (type.kind()) {
    case TypeKind::Struct: {
      std::vector<Field> fields;
      for (const Field& child : children) fields.push_back(change(child, true));
      return Type::structure(std::move(fields));
    }
    case TypeKind::List:
      return Type::list(change(children[0], false));
    case TypeKind::Map:
      return Type::map(change(children[0], false), change(children[1], false));
    default:
      return type;
  }
}

Field with_ids(const Field& field, bool of_struct, PhysicalNames names, std::int64_t& next) {
  Field out = field;
  if (of_struct) {
    if (!out.id) out.id = static_cast<std::int32_t>(++next);
    if (out.physical_name.empty()) {
      out.physical_name = names == PhysicalNames::Fresh ? fmt::format("col-{}", make_uuid_text()) : out.name;
    }
    out.metadata.erase(kIdKey);
    out.metadata.erase(kPhysicalNameKey);
  }
  out.type = with_children(field.type,
                           [&](const Field& child, bool in_struct) { return with_ids(child, in_struct, names, next); });
  return out;
}

Field without_ids(const Field& field) {
  Field out = field;
  out.id.reset();
  out.physical_name.clear();
  out.type = with_children(field.type, [](const Field& child, bool) { return without_ids(child); });
  return out;
}

}  // namespace

Schema with_column_ids(const Schema& schema, PhysicalNames names, std::int64_t& greatest) {
  greatest = std::max(greatest, greatest_id(schema.fields()));
  std::vector<Field> fields;
  for (const Field& field : schema.fields()) fields.push_back(with_ids(field, true, names, greatest));
  return Schema(std::move(fields));
}

Schema new_table_schema(const Schema& schema, StringMap& properties, PhysicalNames names) {
  Schema plain = without_column_ids(schema);
  const auto mode = properties.find(kMappingModeKey);
  if (mode == properties.end() || mode->second == "none") return plain;
  std::int64_t greatest = 0;
  plain = with_column_ids(names == PhysicalNames::AsNamed ? schema : plain, names, greatest);
  properties[kMaxColumnIdKey] = std::to_string(greatest);
  return plain;
}

void check_mapping_change(const StringMap& before, const StringMap& after, bool new_table) {
  const auto value = [](const StringMap& properties, const char* key, const char* absent) {
    const auto found = properties.find(key);
    return found == properties.end() ? std::string(absent) : found->second;
  };
  const std::string id = value(after, kMaxColumnIdKey, "");
  if (!id.empty() && id != value(before, kMaxColumnIdKey, "")) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("the property {} is the table's own to count", kMaxColumnIdKey),
                "leave it out");
  }
  const std::string from = value(before, kMappingModeKey, "none"), to = value(after, kMappingModeKey, "none");
  if (new_table || from == to || (from == "none" && to == "name")) return;
  throw Error(ErrorCode::UnsupportedFeature,
              fmt::format("the property {} can't go from {} to {}: the table's files are named otherwise",
                          kMappingModeKey, from, to),
              from == "none" ? "set it to name; id is for new tables" : "write the rows to a new table");
}

Schema without_column_ids(const Schema& schema) {
  std::vector<Field> fields;
  for (const Field& field : schema.fields()) fields.push_back(without_ids(field));
  return Schema(std::move(fields));
}

std::int64_t greatest_column_id(const Schema& schema, const StringMap& properties) {
  std::int64_t recorded = 0;
  if (const auto found = properties.find(kMaxColumnIdKey); found != properties.end()) {
    const std::string& text = found->second;
    std::from_chars(text.data(), text.data() + text.size(), recorded);
  }
  return std::max(recorded, greatest_id(schema.fields()));
}

const Field* same_column(const std::vector<Field>& fields, const Field& field) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& each) {
    if (field.id || each.id) return field.id == each.id;
    return same_name(each.name, field.name);
  });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace lakelet::delta
