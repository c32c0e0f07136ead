#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "formats/delta/schema/char_type.h"
#include "formats/delta/schema/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

// Types of a hostile schema must not exhaust the stack of those who walk them.
constexpr int kDeepestType = 100;

using simdjson::dom::element;
using simdjson::dom::object;

[[noreturn]] void corrupt(const std::string& column, std::string_view what) {
  throw Error(ErrorCode::CorruptTable, fmt::format("the table's schema is damaged: {} {}",
                                                   column.empty() ? "it" : "column '" + column + "'", what));
}

std::string_view string_member(const object& from, const char* key, const std::string& column) {
  std::string_view text;
  if (from[key].get(text)) corrupt(column, fmt::format("has no text '{}'", key));
  return text;
}

bool bool_member(const object& from, const char* key, bool absent) {
  bool value = absent;
  if (from[key].get(value)) return absent;
  return value;
}

element type_member(const object& from, const char* key, const std::string& column) {
  element value;
  if (from[key].get(value)) corrupt(column, fmt::format("has no '{}'", key));
  return value;
}

std::string below(const std::string& column, std::string_view name) {
  return column.empty() ? std::string(name) : fmt::format("{}.{}", column, name);
}

// "decimal(10,2)", with spaces around the numbers; plain "decimal" is (10,0) as in Spark.
Type read_decimal(std::string_view name, const std::string& column) {
  if (name == "decimal") return Type::decimal(10, 0);
  const char* at = name.data() + std::string_view("decimal(").size();
  const char* const end = name.data() + name.size();
  const auto spaces = [&] {
    while (at != end && *at == ' ') ++at;
  };
  const auto number_before = [&](char stop) {
    int number = -1;
    spaces();
    at = std::from_chars(at, end, number).ptr;
    spaces();
    return at != end && *at++ == stop ? number : -1;
  };
  const int precision = number_before(','), scale = number_before(')');
  if (at != end || precision < 1 || precision > 38 || scale < 0 || scale > precision) {
    corrupt(column, fmt::format("has the type '{}'", name));
  }
  return Type::decimal(precision, scale);
}

Type read_primitive(std::string_view name, const std::string& column) {
  static constexpr std::pair<std::string_view, TypeKind> kNames[] = {
      {"string", TypeKind::String},
      {"long", TypeKind::Int64},
      {"integer", TypeKind::Int32},
      {"short", TypeKind::Int16},
      {"byte", TypeKind::Int8},
      {"float", TypeKind::Float},
      {"double", TypeKind::Double},
      {"boolean", TypeKind::Boolean},
      {"binary", TypeKind::Binary},
      {"date", TypeKind::Date},
      {"timestamp", TypeKind::TimestampTz},
      {"timestamp_ntz", TypeKind::Timestamp},
      {"variant", TypeKind::Variant},
      {"void", TypeKind::Null},
      {"null", TypeKind::Null},  // written so by Spark 2
  };
  for (const auto& [known, kind] : kNames) {
    if (name == known) return Type(kind);
  }
  if (name == "decimal" || name.starts_with("decimal(")) return read_decimal(name, column);
  // Collated strings ("string collate UNICODE") are strings to whoever doesn't compare them.
  if (name.starts_with("string collate ")) return Type(TypeKind::String);
  throw Error(ErrorCode::UnsupportedFeature, fmt::format("column '{}' has the type '{}'", column, name),
              "lakelet reads the types of the Delta protocol");
}

// "All column names must be unique regardless of casing", in structs as well.
void require_distinct(const std::vector<Field>& fields, const std::string& column) {
  std::set<std::string> names;
  for (const Field& field : fields) {
    std::string lower = field.name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    if (!names.insert(lower).second) corrupt(below(column, field.name), "is there twice");
  }
}

class SchemaReader {
 public:
  explicit SchemaReader(ColumnMappingMode mode) : mode_(mode) {}

  std::vector<Field> read_fields(const object& type, const std::string& column, int depth) const {
    simdjson::dom::array fields;
    if (type["fields"].get(fields)) corrupt(column, "has no 'fields'");
    std::vector<Field> result;
    for (element each : fields) {
      object field;
      if (each.get(field)) corrupt(column, "has a field that is no object");
      result.push_back(read_field(field, column, depth));
    }
    require_distinct(result, column);
    return result;
  }

 private:
  Field read_field(const object& from, const std::string& parent, int depth) const {
    Field field;
    field.name = string_member(from, "name", parent);
    const std::string column = below(parent, field.name);
    field.type = read_type(type_member(from, "type", column), column, depth);
    field.nullable = bool_member(from, "nullable", true);
    object metadata;
    std::string_view sql_type;
    if (!from["metadata"].get(metadata)) read_metadata(metadata, field);
    if (!from["metadata"][kCharTypeKey].get(sql_type)) apply_char_type(sql_type, field);
    if (mode_ != ColumnMappingMode::None &&
        (field.physical_name.empty() || (mode_ == ColumnMappingMode::Id && !field.id))) {
      corrupt(column, "lacks its delta.columnMapping.id or physicalName");
    }
    return field;
  }

  void read_metadata(const object& metadata, Field& field) const {
    for (const auto& [key, value] : metadata) {
      std::string_view text;
      std::int64_t number = 0;
      if (key == "comment" && !value.get(text)) {
        field.doc = text;
      } else if (mode_ != ColumnMappingMode::None && key == "delta.columnMapping.physicalName" && !value.get(text)) {
        field.physical_name = text;
      } else if (mode_ != ColumnMappingMode::None && key == "delta.columnMapping.id" && !value.get(number)) {
        field.id = static_cast<std::int32_t>(number);
      } else {
        field.metadata.emplace(key, simdjson::minify(value));
      }
    }
  }

  Type read_type(const element& from, const std::string& column, int depth) const {
    if (depth > kDeepestType) {
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("column '{}' is nested deeper than {} levels", column.substr(0, 60), kDeepestType));
    }
    std::string_view name;
    if (!from.get(name)) return read_type_name(name, column);
    object type;
    if (from.get(type)) corrupt(column, "has a type that is neither text nor object");
    const std::string_view kind = string_member(type, "type", column);
    if (kind == "struct") {
      std::vector<Field> fields = read_fields(type, column, depth + 1);
      if (!fields.empty()) return Type::structure(std::move(fields));
      throw Error(ErrorCode::UnsupportedFeature, fmt::format("column '{}' is a struct without fields", column));
    }
    if (kind == "array") {
      Type element_type = read_type(type_member(type, "elementType", column), below(column, "element"), depth + 1);
      return Type::list(nested("element", std::move(element_type), bool_member(type, "containsNull", true)));
    }
    if (kind == "map") {
      Type key = read_type(type_member(type, "keyType", column), below(column, "key"), depth + 1);
      Type value = read_type(type_member(type, "valueType", column), below(column, "value"), depth + 1);
      return Type::map(nested("key", std::move(key), false),
                       nested("value", std::move(value), bool_member(type, "valueContainsNull", true)));
    }
    if (kind == "udt")
      return read_type(type_member(type, "sqlType", column), column, depth + 1);  // Spark's user-defined types
    return read_type_name(kind, column);
  }

  static Field nested(const char* name, Type type, bool nullable) {
    Field field;
    field.name = name;
    field.type = std::move(type);
    field.nullable = nullable;
    return field;
  }

  ColumnMappingMode mode_;
};

}  // namespace

Type read_type_name(std::string_view name, const std::string& column) {
  return read_primitive(name, column);
}

Schema read_schema_json(std::string_view text, ColumnMappingMode mode) {
  if (text.empty()) corrupt("", "is missing: the metaData action has no schemaString");
  simdjson::dom::parser parser;
  object root;
  std::string_view type;
  const auto failure = parser.parse(simdjson::padded_string(text)).get(root);
  if (failure == simdjson::DEPTH_ERROR) {
    throw Error(ErrorCode::UnsupportedFeature,
                fmt::format("the table's schema is nested deeper than {} levels", kDeepestType));
  }
  if (failure || root["type"].get(type) || type != "struct") corrupt("", "is no struct in JSON");
  return Schema(SchemaReader(mode).read_fields(root, "", 0));
}

}  // namespace lakelet::delta
