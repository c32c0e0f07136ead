#include "formats/iceberg/metadata/schema_json.h"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

// Types of a hostile schema must not exhaust the stack of those who walk them.
constexpr int kDeepestType = 100;

[[noreturn]] void corrupt(const std::string& column, std::string_view what) {
  throw Error(ErrorCode::CorruptTable, fmt::format("the table's schema is damaged: {} {}",
                                                   column.empty() ? "it" : "column '" + column + "'", what));
}

std::string below(const std::string& column, std::string_view name) {
  return column.empty() ? std::string(name) : fmt::format("{}.{}", column, name);
}

// The whole numbers between the brackets of "decimal(9, 2)" or "fixed[16]".
std::optional<std::vector<int>> parameters(std::string_view name, std::string_view prefix, char open, char close) {
  if (!name.starts_with(prefix)) return std::nullopt;
  std::string text;
  for (const char c : name.substr(prefix.size())) {
    if (c != ' ') text += c;
  }
  if (text.size() < 3 || text.front() != open || text.back() != close) return std::nullopt;
  std::vector<int> numbers;
  const char* at = text.data() + 1;
  const char* const end = text.data() + text.size() - 1;
  while (true) {
    int number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc()) return std::nullopt;
    numbers.push_back(number);
    if (next == end) return numbers;
    if (*next != ',') return std::nullopt;
    at = next + 1;
  }
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// The engine's names differ in more than their case, the specification's needn't: the later one gets a number behind
// it.
void tell_apart(std::vector<Field>& fields) {
  std::set<std::string> all, seen;
  for (const Field& field : fields) all.insert(lower(field.name));
  if (all.size() == fields.size()) return;
  for (Field& field : fields) {
    if (seen.insert(lower(field.name)).second) continue;
    field.metadata[kRecordedNameKey] = field.name;
    int number = 1;
    while (!all.insert(fmt::format("{}_{}", lower(field.name), number)).second) ++number;
    field.name = fmt::format("{}_{}", field.name, number);
  }
}

bool is_shape(std::string_view name) {
  return name == "geometry" || name == "geography" || name.starts_with("geometry(") || name.starts_with("geography(");
}

class SchemaReader {
 public:
  std::vector<Field> read_fields(const JsonObject& type, const std::string& column, int depth) {
    const std::string of = column.empty() ? "the schema" : "column '" + column + "'";
    std::vector<Field> result;
    std::set<std::string> names;
    for (const JsonElement each : required(array_member(type, "fields", of), "fields", of)) {
      result.push_back(read_field(as_object(each, "a column"), column, depth));
      if (!names.insert(result.back().name).second) corrupt(below(column, result.back().name), "is there twice");
    }
    tell_apart(result);
    return result;
  }

 private:
  void take_id(std::int32_t id, const std::string& column) {
    if (!ids_.insert(id).second) corrupt(column, fmt::format("has the id {} of another column", id));
  }

  Field read_field(const JsonObject& from, const std::string& parent, int depth) {
    Field field;
    field.name = required(text_member(from, "name", "a column"), "name", "a column");
    const std::string column = below(parent, field.name), of = "column '" + column + "'";
    field.id = required(int_member(from, "id", of), "id", of);
    take_id(*field.id, column);
    field.nullable = !required(bool_member(from, "required", of), "required", of);
    field.doc = text_member(from, "doc", of).value_or("");
    set_type(field, from, "type", column, depth);
    read_defaults(from, field, column);
    return field;
  }

  void read_defaults(const JsonObject& from, Field& field, const std::string& column) {
    JsonElement value;
    if (!from["initial-default"].get(value) && !value.is_null()) {
      // Of a struct: one is there, made of its fields' defaults.
      field.initial_default =
          field.type.kind() == TypeKind::Struct ? Value(true) : read_json_value(value, field.type, column);
    }
    if (!from["write-default"].get(value)) field.metadata["write-default"] = simdjson::minify(value);
  }

  void set_type(Field& field, const JsonObject& from, const char* key, const std::string& column, int depth) {
    if (depth > kDeepestType) corrupt(column, "is nested too deep");
    JsonElement type;
    if (from[key].get(type)) corrupt(column, fmt::format("has no '{}'", key));
    std::string_view name;
    if (type.get(name)) {
      field.type = read_nested(as_object(type, "the type of column '" + column + "'"), column, depth);
      return;
    }
    const auto primitive = primitive_type(name);
    if (!primitive) {
      throw Error(ErrorCode::UnsupportedFeature, fmt::format("column '{}' has the type '{}'", column, name),
                  "lakelet reads the types of the Iceberg specification, versions 1 to 3");
    }
    field.type = *primitive;
    if (is_shape(name)) field.metadata[kShapeKey] = name;
  }

  Type read_nested(const JsonObject& type, const std::string& column, int depth) {
    const std::string of = "column '" + column + "'";
    const std::string kind = required(text_member(type, "type", of), "type", of);
    if (kind == "struct") return Type::structure(read_fields(type, column, depth + 1));
    if (kind == "list") {
      return Type::list(part(type, "element", "element-id", "element-required", column, depth));
    }
    if (kind == "map") {
      Field key = part(type, "key", "key-id", nullptr, column, depth);
      return Type::map(std::move(key), part(type, "value", "value-id", "value-required", column, depth));
    }
    corrupt(column, fmt::format("has the type '{}'", kind));
  }

  Field part(const JsonObject& type, const char* name, const char* id, const char* is_required,
             const std::string& parent, int depth) {
    Field field;
    field.name = name;
    const std::string column = below(parent, name), of = "column '" + column + "'";
    field.id = required(int_member(type, id, of), id, of);
    take_id(*field.id, column);
    field.nullable = is_required && !required(bool_member(type, is_required, of), is_required, of);
    set_type(field, type, name, column, depth + 1);
    return field;
  }

  std::set<std::int32_t> ids_;
};

}  // namespace

std::optional<Type> primitive_type(std::string_view name) {
  static constexpr std::pair<std::string_view, TypeKind> kNames[] = {
      {"unknown", TypeKind::Null},
      {"boolean", TypeKind::Boolean},
      {"int", TypeKind::Int32},
      {"long", TypeKind::Int64},
      {"float", TypeKind::Float},
      {"double", TypeKind::Double},
      {"date", TypeKind::Date},
      {"time", TypeKind::Time},
      {"timestamp", TypeKind::Timestamp},
      {"timestamptz", TypeKind::TimestampTz},
      {"timestamp_ns", TypeKind::TimestampNs},
      {"timestamptz_ns", TypeKind::TimestampNsTz},
      {"string", TypeKind::String},
      {"uuid", TypeKind::Uuid},
      {"binary", TypeKind::Binary},
      {"variant", TypeKind::Variant},
  };
  for (const auto& [known, kind] : kNames) {
    if (name == known) return Type(kind);
  }
  if (is_shape(name)) return Type(TypeKind::Binary);
  if (const auto numbers = parameters(name, "decimal", '(', ')')) {
    if (numbers->size() != 2) return std::nullopt;
    const int precision = (*numbers)[0], scale = (*numbers)[1];
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision) return std::nullopt;
    return Type::decimal(precision, scale);
  }
  if (const auto numbers = parameters(name, "fixed", '[', ']')) {
    if (numbers->size() != 1 || (*numbers)[0] < 0) return std::nullopt;
    return Type::fixed((*numbers)[0]);
  }
  return std::nullopt;
}

Schema read_schema(const JsonObject& json) {
  const auto type = text_member(json, "type", "the schema");
  if (type != "struct") corrupt_member("the schema", "type", type ? "isn't struct" : "is missing");
  return Schema(SchemaReader().read_fields(json, "", 0));
}

std::optional<Value> find_json_value(const JsonElement& json, const Type& type) {
  try {
    std::string_view text;
    bool flag = false;
    double number = 0;
    std::int64_t integer = 0;
    if (type.kind() == TypeKind::Boolean && !json.get(flag)) return Value(flag);
    if (type.integral() && !json.get(integer)) return parse_value(std::to_string(integer), type);
    if ((type.kind() == TypeKind::Float || type.kind() == TypeKind::Double) && !json.get(number)) {
      return Value(type.kind() == TypeKind::Float ? static_cast<double>(static_cast<float>(number)) : number);
    }
    if (!type.nested() && type.kind() != TypeKind::Variant && !json.get(text)) {
      return parse_value(std::string(text), type);
    }
  } catch (const Error&) {
  }
  return std::nullopt;
}

Value read_json_value(const JsonElement& json, const Type& type, const std::string& column) {
  if (auto value = find_json_value(json, type)) return *std::move(value);
  corrupt(column, fmt::format("has a default that is no {}: {}", to_string(type), simdjson::minify(json)));
}

std::optional<Value> write_default(const Field& field) {
  const auto written = field.metadata.find("write-default");
  if (written == field.metadata.end() || field.type.nested()) return std::nullopt;
  simdjson::dom::parser parser;
  JsonElement json;
  if (parser.parse(written->second).get(json)) corrupt(field.name, "has a default that is no JSON");
  if (json.is_null()) return std::nullopt;
  return read_json_value(json, field.type, field.name);
}

std::optional<FoundField> find_by_id(const std::vector<Field>& fields, std::int32_t id) {
  for (const Field& field : fields) {
    if (field.id == id) return FoundField{{field.name}, &field, true};
    if (!field.type.nested()) continue;
    auto found = find_by_id(field.type.children(), id);
    if (!found) continue;
    found->path.insert(found->path.begin(), field.name);
    found->in_structs = found->in_structs && field.type.kind() == TypeKind::Struct;
    return found;
  }
  return std::nullopt;
}

}  // namespace lakelet::iceberg
