#include <fmt/format.h>

#include "base/json_writer.h"
#include "formats/delta/schema/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

void write_type(JsonWriter& json, const Type& type, const std::string& column);

void write_metadata(JsonWriter& json, const Field& field) {
  json.begin_object();
  if (!field.doc.empty()) json.key("comment").string(field.doc);
  if (field.id && !field.metadata.contains("delta.columnMapping.id")) {
    json.key("delta.columnMapping.id").integer(*field.id);
  }
  if (!field.physical_name.empty() && !field.metadata.contains("delta.columnMapping.physicalName")) {
    json.key("delta.columnMapping.physicalName").string(field.physical_name);
  }
  for (const auto& [key, value] : field.metadata) {
    if (key == "comment" && !field.doc.empty()) continue;
    json.key(key).raw(value);
  }
  json.end_object();
}

void write_struct(JsonWriter& json, const std::vector<Field>& fields, const std::string& parent) {
  json.begin_object().key("type").string("struct").key("fields").begin_array();
  for (const Field& field : fields) {
    const std::string column = parent.empty() ? field.name : parent + "." + field.name;
    json.begin_object().key("name").string(field.name).key("type");
    write_type(json, field.type, column);
    json.key("nullable").boolean(field.nullable).key("metadata");
    write_metadata(json, field);
    json.end_object();
  }
  json.end_array().end_object();
}

void write_type(JsonWriter& json, const Type& type, const std::string& column) {
  switch (type.kind()) {
    case TypeKind::Struct:
      return write_struct(json, type.children(), column);
    case TypeKind::List: {
      const Field& element = type.children()[0];
      json.begin_object().key("type").string("array").key("elementType");
      write_type(json, element.type, column + ".element");
      json.key("containsNull").boolean(element.nullable).end_object();
      return;
    }
    case TypeKind::Map: {
      const Field& key = type.children()[0];
      const Field& value = type.children()[1];
      json.begin_object().key("type").string("map").key("keyType");
      write_type(json, key.type, column + ".key");
      json.key("valueType");
      write_type(json, value.type, column + ".value");
      json.key("valueContainsNull").boolean(value.nullable).end_object();
      return;
    }
    default:
      try {
        json.string(delta_type_name(type));
      } catch (Error& error) {
        throw error.add_context("column " + column);
      }
  }
}

}  // namespace

std::string delta_type_name(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Null:
      return "void";
    case TypeKind::Boolean:
      return "boolean";
    case TypeKind::Int8:
      return "byte";
    case TypeKind::Int16:
      return "short";
    case TypeKind::Int32:
      return "integer";
    case TypeKind::Int64:
      return "long";
    case TypeKind::Float:
      return "float";
    case TypeKind::Double:
      return "double";
    case TypeKind::Decimal:
      return fmt::format("decimal({},{})", type.precision(), type.scale());
    case TypeKind::String:
      return "string";
    case TypeKind::Binary:
      return "binary";
    case TypeKind::Date:
      return "date";
    case TypeKind::Timestamp:
      return "timestamp_ntz";
    case TypeKind::TimestampTz:
      return "timestamp";
    case TypeKind::Variant:
      return "variant";
    default:
      throw Error(
          ErrorCode::InvalidArgument, "a Delta table can't hold the type " + to_string(type),
          "choose one of boolean, tinyint, smallint, int, bigint, float, double, decimal, string, binary, date, "
          "timestamp, timestamp_ntz");
  }
}

std::string write_schema_json(const Schema& schema) {
  JsonWriter json;
  write_struct(json, schema.fields(), "");
  return json.take();
}

}  // namespace lakelet::delta
