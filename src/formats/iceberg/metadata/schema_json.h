// Schemas of the table's metadata (spec.md, "Appendix C: JSON serialization", "Schemas").
#pragma once

#include "formats/iceberg/metadata/json_members.h"
#include "lakelet/schema.h"

namespace lakelet::iceberg {

// Keys of Field::metadata, beside the names of members that are kept as they are ("write-default").
// The column's own name, where another one's differs from it in case alone: it has a name of lakelet's then.
inline constexpr const char* kRecordedNameKey = "recorded-name";
inline constexpr const char* kShapeKey = "shape";  // "geometry(srid:4326)" of a column of Well-Known Binary

// Every field has its id; columns of type unknown are there, of type Null. Throws Error(CorruptTable) naming the
// column, Error(UnsupportedFeature) for a type that isn't known.
Schema read_schema(const JsonObject& json);

// The type of a primitive by its name: "decimal(9,2)", "fixed[16]". nullopt: not one of the specification's.
std::optional<Type> primitive_type(std::string_view name);

// A value in JSON ("JSON single-value serialization") of a primitive type. Throws Error(CorruptTable).
Value read_json_value(const JsonElement& json, const Type& type, const std::string& column);

// nullopt: it isn't of the type.
std::optional<Value> find_json_value(const JsonElement& json, const Type& type);

// What rows have that don't give the column a value; nullopt: NULL, or it is one of columns that have others inside.
// Throws Error(CorruptTable).
std::optional<Value> write_default(const Field& field);

// The field of this id anywhere in the schema, with the names on the way to it; empty path: it isn't there.
struct FoundField {
  std::vector<std::string> path;
  const Field* field = nullptr;
  bool in_structs = true;  // not below a list or map
};
std::optional<FoundField> find_by_id(const std::vector<Field>& fields, std::int32_t id);

}  // namespace lakelet::iceberg
