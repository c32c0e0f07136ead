#include "lakelet/arrow_schema.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>

#include <algorithm>
#include <new>
#include <string>

#include "lakelet/error.h"

namespace lakelet {
namespace {

constexpr int kDeepest = 100;  // of nested types: no format has more

std::string type_text(const ArrowSchema& schema) {
  std::string text(256, '\0');
  text.resize(std::min<std::int64_t>(255, ArrowSchemaToString(&schema, text.data(), 255, 1)));
  return text;
}

Type from_arrow_type(const ArrowSchema& schema, int depth);

Field from_arrow_field(const ArrowSchema& schema, int depth) {
  Field field;
  field.name = schema.name ? schema.name : "";
  try {
    field.type = from_arrow_type(schema, depth);
  } catch (Error& error) {
    throw error.add_context("column " + field.name);
  }
  field.nullable = (schema.flags & ARROW_FLAG_NULLABLE) != 0;
  return field;
}

Type timestamp_type(const ArrowSchemaView& view) {
  const bool instant = view.timezone && *view.timezone != '\0';
  if (view.time_unit == NANOARROW_TIME_UNIT_NANO) return instant ? TypeKind::TimestampNsTz : TypeKind::TimestampNs;
  return instant ? TypeKind::TimestampTz : TypeKind::Timestamp;
}

Type struct_type(const ArrowSchema& schema, int depth) {
  std::vector<Field> fields;
  for (std::int64_t i = 0; i < schema.n_children; ++i) fields.push_back(from_arrow_field(*schema.children[i], depth));
  return Type::structure(std::move(fields));
}

Type map_type(const ArrowSchema& schema, int depth) {
  Field key = from_arrow_field(*schema.children[0]->children[0], depth);
  Field value = from_arrow_field(*schema.children[0]->children[1], depth);
  key.name = "key";
  key.nullable = false;
  value.name = "value";
  return Type::map(std::move(key), std::move(value));
}

Type list_type(const ArrowSchema& schema, int depth) {
  Field element = from_arrow_field(*schema.children[0], depth);
  element.name = "element";
  return Type::list(std::move(element));
}

Type from_arrow_type(const ArrowSchema& schema, int depth) {
  if (depth > kDeepest) throw Error(ErrorCode::UnsupportedFeature, "types are nested too deep");
  ArrowSchemaView view;
  ArrowError problem;
  if (ArrowSchemaViewInit(&view, &schema, &problem) != NANOARROW_OK) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("not an Arrow schema: {}", problem.message));
  }
  switch (view.type) {
    case NANOARROW_TYPE_NA:
      return TypeKind::Null;
    case NANOARROW_TYPE_BOOL:
      return TypeKind::Boolean;
    case NANOARROW_TYPE_INT8:
      return TypeKind::Int8;
    case NANOARROW_TYPE_INT16:
      return TypeKind::Int16;
    case NANOARROW_TYPE_INT32:
      return TypeKind::Int32;
    case NANOARROW_TYPE_INT64:
      return TypeKind::Int64;
    case NANOARROW_TYPE_UINT8:
      return TypeKind::UInt8;
    case NANOARROW_TYPE_UINT16:
      return TypeKind::UInt16;
    case NANOARROW_TYPE_UINT32:
      return TypeKind::UInt32;
    case NANOARROW_TYPE_UINT64:
      return TypeKind::UInt64;
    case NANOARROW_TYPE_FLOAT:
      return TypeKind::Float;
    case NANOARROW_TYPE_DOUBLE:
      return TypeKind::Double;
    case NANOARROW_TYPE_STRING:
    case NANOARROW_TYPE_LARGE_STRING:
    case NANOARROW_TYPE_STRING_VIEW:
      return TypeKind::String;
    case NANOARROW_TYPE_BINARY:
    case NANOARROW_TYPE_LARGE_BINARY:
    case NANOARROW_TYPE_BINARY_VIEW:
      return TypeKind::Binary;
    case NANOARROW_TYPE_FIXED_SIZE_BINARY:
      return Type::fixed(view.fixed_size);
    case NANOARROW_TYPE_DATE32:
    case NANOARROW_TYPE_DATE64:
      return TypeKind::Date;
    case NANOARROW_TYPE_TIME32:
    case NANOARROW_TYPE_TIME64:
      return TypeKind::Time;
    case NANOARROW_TYPE_TIMESTAMP:
      return timestamp_type(view);
    case NANOARROW_TYPE_DECIMAL32:
    case NANOARROW_TYPE_DECIMAL64:
    case NANOARROW_TYPE_DECIMAL128:
      return Type::decimal(view.decimal_precision, view.decimal_scale);
    case NANOARROW_TYPE_STRUCT:
      return struct_type(schema, depth + 1);
    case NANOARROW_TYPE_MAP:
      return map_type(schema, depth + 1);
    case NANOARROW_TYPE_LIST:
    case NANOARROW_TYPE_LARGE_LIST:
    case NANOARROW_TYPE_LIST_VIEW:
    case NANOARROW_TYPE_LARGE_LIST_VIEW:
    case NANOARROW_TYPE_FIXED_SIZE_LIST:
      return list_type(schema, depth + 1);
    case NANOARROW_TYPE_DICTIONARY:
      return from_arrow_type(*schema.dictionary, depth + 1);
    case NANOARROW_TYPE_RUN_END_ENCODED:
      return from_arrow_type(*schema.children[1], depth + 1);
    default:
      throw Error(ErrorCode::UnsupportedFeature,
                  fmt::format("a table can't have columns of Arrow's type {}", type_text(schema)),
                  "cast the column to another type");
  }
}

void require(ArrowErrorCode code) {
  if (code != NANOARROW_OK) throw std::bad_alloc();
}

ArrowType arrow_type(TypeKind kind) {
  switch (kind) {
    case TypeKind::Null:
      return NANOARROW_TYPE_NA;
    case TypeKind::Boolean:
      return NANOARROW_TYPE_BOOL;
    case TypeKind::Int8:
      return NANOARROW_TYPE_INT8;
    case TypeKind::Int16:
      return NANOARROW_TYPE_INT16;
    case TypeKind::Int32:
      return NANOARROW_TYPE_INT32;
    case TypeKind::Int64:
      return NANOARROW_TYPE_INT64;
    case TypeKind::UInt8:
      return NANOARROW_TYPE_UINT8;
    case TypeKind::UInt16:
      return NANOARROW_TYPE_UINT16;
    case TypeKind::UInt32:
      return NANOARROW_TYPE_UINT32;
    case TypeKind::UInt64:
      return NANOARROW_TYPE_UINT64;
    case TypeKind::Float:
      return NANOARROW_TYPE_FLOAT;
    case TypeKind::Double:
      return NANOARROW_TYPE_DOUBLE;
    case TypeKind::Binary:
    case TypeKind::Fixed:
    case TypeKind::Geometry:
      return NANOARROW_TYPE_BINARY;
    case TypeKind::Date:
      return NANOARROW_TYPE_DATE32;
    default:
      return NANOARROW_TYPE_STRING;  // String, Uuid, Variant (as JSON)
  }
}

void set_arrow_type(ArrowSchema& out, const Type& type);

void set_arrow_field(ArrowSchema& out, const Field& field, const char* name) {
  set_arrow_type(out, field.type);
  require(ArrowSchemaSetName(&out, name));
  out.flags = field.nullable ? out.flags | ARROW_FLAG_NULLABLE : out.flags & ~std::int64_t{ARROW_FLAG_NULLABLE};
}

void set_struct(ArrowSchema& out, const std::vector<Field>& fields) {
  require(ArrowSchemaSetTypeStruct(&out, static_cast<std::int64_t>(fields.size())));
  for (std::size_t i = 0; i < fields.size(); ++i) set_arrow_field(*out.children[i], fields[i], fields[i].name.c_str());
}

void set_map(ArrowSchema& out, const Type& type) {
  require(ArrowSchemaSetType(&out, NANOARROW_TYPE_MAP));
  set_arrow_field(*out.children[0]->children[0], type.children()[0], "key");
  set_arrow_field(*out.children[0]->children[1], type.children()[1], "value");
}

void set_arrow_type(ArrowSchema& out, const Type& type) {
  const auto time = [&](ArrowType kind, ArrowTimeUnit unit, const char* zone) {
    require(ArrowSchemaSetTypeDateTime(&out, kind, unit, zone));
  };
  switch (type.kind()) {
    case TypeKind::Decimal:
      return require(ArrowSchemaSetTypeDecimal(&out, NANOARROW_TYPE_DECIMAL128, type.precision(), type.scale()));
    case TypeKind::Time:
      return time(NANOARROW_TYPE_TIME64, NANOARROW_TIME_UNIT_MICRO, nullptr);
    case TypeKind::Timestamp:
      return time(NANOARROW_TYPE_TIMESTAMP, NANOARROW_TIME_UNIT_MICRO, nullptr);
    case TypeKind::TimestampTz:
      return time(NANOARROW_TYPE_TIMESTAMP, NANOARROW_TIME_UNIT_MICRO, "UTC");
    case TypeKind::TimestampNs:
      return time(NANOARROW_TYPE_TIMESTAMP, NANOARROW_TIME_UNIT_NANO, nullptr);
    case TypeKind::TimestampNsTz:
      return time(NANOARROW_TYPE_TIMESTAMP, NANOARROW_TIME_UNIT_NANO, "UTC");
    case TypeKind::Struct:
      return set_struct(out, type.children());
    case TypeKind::Map:
      return set_map(out, type);
    case TypeKind::List:
      require(ArrowSchemaSetType(&out, NANOARROW_TYPE_LIST));
      return set_arrow_field(*out.children[0], type.children()[0], "element");
    default:
      return require(ArrowSchemaSetType(&out, arrow_type(type.kind())));
  }
}

}  // namespace

Schema from_arrow_schema(const ArrowSchema& schema) {
  const Type type = from_arrow_type(schema, 0);
  if (type.kind() != TypeKind::Struct) {
    throw Error(ErrorCode::InvalidArgument, fmt::format("{} is one column, not a schema", type_text(schema)),
                "give a struct or a schema of named columns");
  }
  return Schema(type.children());
}

OwnedArrowSchema to_arrow_schema(const Schema& schema) {
  OwnedArrowSchema out;
  ArrowSchemaInit(out.get());
  set_struct(*out.get(), schema.fields());
  return out;
}

}  // namespace lakelet
