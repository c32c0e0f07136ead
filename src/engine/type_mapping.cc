#include "engine/type_mapping.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;

// Types that are the same on both sides, without parameters.
constexpr std::array<std::pair<TypeKind, LogicalTypeId>, 22> kSameTypes = {{
    {TypeKind::Null, LogicalTypeId::SQLNULL},
    {TypeKind::Boolean, LogicalTypeId::BOOLEAN},
    {TypeKind::Int8, LogicalTypeId::TINYINT},
    {TypeKind::Int16, LogicalTypeId::SMALLINT},
    {TypeKind::Int32, LogicalTypeId::INTEGER},
    {TypeKind::Int64, LogicalTypeId::BIGINT},
    {TypeKind::UInt8, LogicalTypeId::UTINYINT},
    {TypeKind::UInt16, LogicalTypeId::USMALLINT},
    {TypeKind::UInt32, LogicalTypeId::UINTEGER},
    {TypeKind::UInt64, LogicalTypeId::UBIGINT},
    {TypeKind::Float, LogicalTypeId::FLOAT},
    {TypeKind::Double, LogicalTypeId::DOUBLE},
    {TypeKind::String, LogicalTypeId::VARCHAR},
    {TypeKind::Binary, LogicalTypeId::BLOB},
    {TypeKind::Uuid, LogicalTypeId::UUID},
    {TypeKind::Date, LogicalTypeId::DATE},
    {TypeKind::Time, LogicalTypeId::TIME},
    {TypeKind::Timestamp, LogicalTypeId::TIMESTAMP},
    {TypeKind::TimestampTz, LogicalTypeId::TIMESTAMP_TZ},
    {TypeKind::TimestampNs, LogicalTypeId::TIMESTAMP_NS},
    {TypeKind::Variant, LogicalTypeId::VARIANT},
    {TypeKind::Geometry, LogicalTypeId::GEOMETRY},
}};

LogicalType simple_type(LogicalTypeId id) {
  if (id == LogicalTypeId::VARIANT) return LogicalType::VARIANT();
  if (id == LogicalTypeId::GEOMETRY) return LogicalType::GEOMETRY();
  return LogicalType(id);
}

LogicalType to_struct(const Type& type) {
  duckdb::child_list_t<LogicalType> children;
  for (const Field& field : type.children()) children.emplace_back(field.name, to_engine_type(field.type));
  return LogicalType::STRUCT(std::move(children));
}

std::optional<Type> simple_from(LogicalTypeId id) {
  for (const auto& [kind, engine_id] : kSameTypes) {
    if (engine_id == id) return Type(kind);
  }
  switch (id) {
    case LogicalTypeId::CHAR:
    case LogicalTypeId::ENUM:
    case LogicalTypeId::STRING_LITERAL:
      return Type(TypeKind::String);
    case LogicalTypeId::INTEGER_LITERAL:
      return Type(TypeKind::Int64);
    case LogicalTypeId::TIMESTAMP_SEC:
    case LogicalTypeId::TIMESTAMP_MS:
      return Type(TypeKind::Timestamp);
    case LogicalTypeId::HUGEINT:
      return Type::decimal(38, 0);
    default:
      return std::nullopt;
  }
}

Type from_struct(const LogicalType& type) {
  std::vector<Field> fields;
  for (const auto& [name, child] : duckdb::StructType::GetChildTypes(type)) {
    Field field;
    field.name = name;
    field.type = from_engine_type(child);
    fields.push_back(std::move(field));
  }
  return Type::structure(std::move(fields));
}

}  // namespace

LogicalType to_engine_type(const Type& type) {
  for (const auto& [kind, id] : kSameTypes) {
    if (kind == type.kind()) return simple_type(id);
  }
  switch (type.kind()) {
    case TypeKind::Decimal:
      return LogicalType::DECIMAL(static_cast<uint8_t>(type.precision()), static_cast<uint8_t>(type.scale()));
    case TypeKind::Fixed:
      return LogicalType::BLOB;
    case TypeKind::TimestampNsTz:
      return LogicalType::TIMESTAMP_TZ;  // of microseconds: a value that has more is an error when it is read
    case TypeKind::Struct:
      return to_struct(type);
    case TypeKind::List:
      return LogicalType::LIST(to_engine_type(type.children()[0].type));
    case TypeKind::Map:
      return LogicalType::MAP(to_engine_type(type.children()[0].type), to_engine_type(type.children()[1].type));
    default:
      throw Error(ErrorCode::UnsupportedFeature, "columns of type " + to_string(type) + " aren't supported");
  }
}

Type from_engine_type(const LogicalType& type) {
  if (const auto simple = simple_from(type.id())) return *simple;
  switch (type.id()) {
    case LogicalTypeId::DECIMAL:
      return Type::decimal(duckdb::DecimalType::GetWidth(type), duckdb::DecimalType::GetScale(type));
    case LogicalTypeId::STRUCT:
      return from_struct(type);
    case LogicalTypeId::LIST:
      return Type::list(from_engine_type(duckdb::ListType::GetChildType(type)));
    case LogicalTypeId::ARRAY:
      return Type::list(from_engine_type(duckdb::ArrayType::GetChildType(type)));
    case LogicalTypeId::MAP:
      return Type::map(from_engine_type(duckdb::MapType::KeyType(type)),
                       from_engine_type(duckdb::MapType::ValueType(type)));
    default:
      throw Error(ErrorCode::UnsupportedFeature, fmt::format("a table can't have columns of type {}", type.ToString()),
                  "cast the column to another type");
  }
}

LogicalType result_type(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::STRUCT: {
      duckdb::child_list_t<LogicalType> children;
      for (const auto& [name, child] : duckdb::StructType::GetChildTypes(type)) {
        children.emplace_back(name, result_type(child));
      }
      return LogicalType::STRUCT(std::move(children));
    }
    case LogicalTypeId::LIST:
      return LogicalType::LIST(result_type(duckdb::ListType::GetChildType(type)));
    case LogicalTypeId::ARRAY:
      return LogicalType::LIST(result_type(duckdb::ArrayType::GetChildType(type)));
    case LogicalTypeId::MAP:
      return LogicalType::MAP(result_type(duckdb::MapType::KeyType(type)),
                              result_type(duckdb::MapType::ValueType(type)));
    case LogicalTypeId::DECIMAL:
    case LogicalTypeId::HUGEINT:
      return type;
    case LogicalTypeId::VARIANT:
    case LogicalTypeId::GEOMETRY:
    case LogicalTypeId::ENUM:
      return LogicalType::VARCHAR;
    default:
      return simple_from(type.id()) ? LogicalType(type.id()) : LogicalType::VARCHAR;
  }
}

Schema from_engine_columns(const duckdb::vector<duckdb::string>& names, const duckdb::vector<LogicalType>& types) {
  std::vector<Field> fields(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    fields[i].name = names[i];
    fields[i].type = from_engine_type(result_type(types[i]));
  }
  return Schema(std::move(fields));
}

}  // namespace lakelet::engine
