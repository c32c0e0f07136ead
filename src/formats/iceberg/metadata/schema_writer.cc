#include "formats/iceberg/metadata/schema_writer.h"

#include <fmt/format.h>

#include "formats/iceberg/metadata/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

void write_fields(JsonWriter& out, const std::vector<Field>& fields);

std::int32_t id_of(const Field& field) {
  if (!field.id) throw Error(ErrorCode::Internal, "a column without an id: " + field.name);
  return *field.id;
}

void write_type(JsonWriter& out, const Field& field) {
  const std::vector<Field>& children = field.type.children();
  switch (field.type.kind()) {
    case TypeKind::Struct:
      out.begin_object().key("type").string("struct").key("fields");
      write_fields(out, children);
      out.end_object();
      return;
    case TypeKind::List:
      out.begin_object().key("type").string("list");
      out.key("element-id").integer(id_of(children[0])).key("element");
      write_type(out, children[0]);
      out.key("element-required").boolean(!children[0].nullable).end_object();
      return;
    case TypeKind::Map:
      out.begin_object().key("type").string("map");
      out.key("key-id").integer(id_of(children[0])).key("key");
      write_type(out, children[0]);
      out.key("value-id").integer(id_of(children[1])).key("value");
      write_type(out, children[1]);
      out.key("value-required").boolean(!children[1].nullable).end_object();
      return;
    default:
      out.string(primitive_name(field));
  }
}

void write_fields(JsonWriter& out, const std::vector<Field>& fields) {
  out.begin_array();
  for (const Field& field : fields) {
    out.begin_object().key("id").integer(id_of(field)).key("name").string(field.name);
    out.key("required").boolean(!field.nullable).key("type");
    write_type(out, field);
    if (!field.doc.empty()) out.key("doc").string(field.doc);
    if (field.initial_default) {
      out.key("initial-default");
      if (field.type.kind() == TypeKind::Struct) {
        out.begin_object().end_object();
      } else {
        write_json_value(out, *field.initial_default, field.type);
      }
    }
    if (const auto value = field.metadata.find("write-default"); value != field.metadata.end()) {
      out.key("write-default").raw(value->second);
    }
    out.end_object();
  }
  out.end_array();
}

}  // namespace

std::string primitive_name(const Field& field) {
  const Type& type = field.type;
  switch (type.kind()) {
    case TypeKind::Null:
      return "unknown";
    case TypeKind::Boolean:
      return "boolean";
    case TypeKind::Int32:
      return "int";
    case TypeKind::Int64:
      return "long";
    case TypeKind::Float:
      return "float";
    case TypeKind::Double:
      return "double";
    case TypeKind::Decimal:
      return fmt::format("decimal({}, {})", type.precision(), type.scale());
    case TypeKind::Date:
      return "date";
    case TypeKind::Time:
      return "time";
    case TypeKind::Timestamp:
      return "timestamp";
    case TypeKind::TimestampTz:
      return "timestamptz";
    case TypeKind::TimestampNs:
      return "timestamp_ns";
    case TypeKind::TimestampNsTz:
      return "timestamptz_ns";
    case TypeKind::String:
      return "string";
    case TypeKind::Uuid:
      return "uuid";
    case TypeKind::Fixed:
      return fmt::format("fixed[{}]", type.length());
    case TypeKind::Variant:
      return "variant";
    case TypeKind::Binary: {
      const auto shape = field.metadata.find(kShapeKey);
      return shape == field.metadata.end() ? "binary" : shape->second;
    }
    default:
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("Iceberg has no type {}: column '{}'", to_string(type), field.name));
  }
}

void write_json_value(JsonWriter& out, const Value& value, const Type& type) {
  if (value.is_null()) {
    out.null();
    return;
  }
  std::string text;
  switch (type.kind()) {
    case TypeKind::Boolean:
      out.boolean(value.boolean());
      return;
    case TypeKind::Float:
      out.number(static_cast<float>(value.number()));
      return;
    case TypeKind::Double:
      out.number(value.number());
      return;
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampNsTz:
      text = to_text(value, type);
      if (const auto space = text.find(' '); space != std::string::npos) text[space] = 'T';
      out.string(text.ends_with("+00") ? text + ":00" : text);
      return;
    default:
      if (type.integral()) {
        out.integer(value.integer());
      } else {
        out.string(to_text(value, type));
      }
  }
}

void write_schema(JsonWriter& out, const Schema& schema, int schema_id, const std::vector<std::int32_t>& identifiers) {
  out.begin_object().key("type").string("struct").key("schema-id").integer(schema_id);
  if (!identifiers.empty()) {
    out.key("identifier-field-ids").begin_array();
    for (const std::int32_t id : identifiers) out.integer(id);
    out.end_array();
  }
  out.key("fields");
  write_fields(out, schema.fields());
  out.end_object();
}

std::string schema_text(const Schema& schema, int schema_id, const std::vector<std::int32_t>& identifiers) {
  JsonWriter out;
  write_schema(out, schema, schema_id, identifiers);
  return out.take();
}

std::string transform_text(Transform transform, int argument) {
  switch (transform) {
    case Transform::Identity:
      return "identity";
    case Transform::Year:
      return "year";
    case Transform::Month:
      return "month";
    case Transform::Day:
      return "day";
    case Transform::Hour:
      return "hour";
    case Transform::Bucket:
      return fmt::format("bucket[{}]", argument);
    case Transform::Truncate:
      return fmt::format("truncate[{}]", argument);
    case Transform::Void:
      return "void";
    case Transform::Unknown:
      break;
  }
  throw Error(ErrorCode::UnsupportedFeature, "the table is partitioned by a transform that isn't known",
              "write to it with the engine that made it so");
}

void write_spec_fields(JsonWriter& out, const PartitionSpec& spec) {
  out.begin_array();
  for (const SpecField& field : spec.fields) {
    out.begin_object().key("source-id").integer(field.source_id).key("field-id").integer(field.field_id);
    out.key("name").string(field.name).key("transform").string(transform_text(field.transform, field.argument));
    out.end_object();
  }
  out.end_array();
}

std::string spec_fields_text(const PartitionSpec& spec) {
  JsonWriter out;
  write_spec_fields(out, spec);
  return out.take();
}

}  // namespace lakelet::iceberg
