#include "operations/sql_type.h"

#include <fmt/format.h>

#include "sql/sql_session.h"

namespace lakelet::operations {
namespace {

std::string nested_type(const Type& type) {
  std::string text;
  for (const Field& field : type.children()) {
    const std::string part = sql_type(field.type);
    if (part.empty()) return {};
    if (type.kind() == TypeKind::List) return part + "[]";
    if (!text.empty()) text += ", ";
    text += type.kind() == TypeKind::Struct ? sql::quote_identifier(field.name) + " " + part : part;
  }
  return (type.kind() == TypeKind::Struct ? "STRUCT(" : "MAP(") + text + ")";
}

}  // namespace

std::string sql_type(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Boolean:
      return "BOOLEAN";
    case TypeKind::Int8:
      return "TINYINT";
    case TypeKind::Int16:
      return "SMALLINT";
    case TypeKind::Int32:
      return "INTEGER";
    case TypeKind::Int64:
      return "BIGINT";
    case TypeKind::UInt8:
      return "UTINYINT";
    case TypeKind::UInt16:
      return "USMALLINT";
    case TypeKind::UInt32:
      return "UINTEGER";
    case TypeKind::UInt64:
      return "UBIGINT";
    case TypeKind::Float:
      return "FLOAT";
    case TypeKind::Double:
      return "DOUBLE";
    case TypeKind::Decimal:
      return fmt::format("DECIMAL({},{})", type.precision(), type.scale());
    case TypeKind::String:
      return "VARCHAR";
    case TypeKind::Binary:
    case TypeKind::Fixed:
      return "BLOB";
    case TypeKind::Uuid:
      return "UUID";
    case TypeKind::Date:
      return "DATE";
    case TypeKind::Time:
      return "TIME";
    case TypeKind::Timestamp:
      return "TIMESTAMP";
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNsTz:
      return "TIMESTAMP WITH TIME ZONE";
    case TypeKind::TimestampNs:
      return "TIMESTAMP_NS";
    case TypeKind::Struct:
    case TypeKind::List:
    case TypeKind::Map:
      return nested_type(type);
    case TypeKind::Null:
    case TypeKind::Variant:
    case TypeKind::Geometry:
      return {};
  }
  return {};
}

}  // namespace lakelet::operations
