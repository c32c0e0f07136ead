// Types and schemas as text. The other direction is type_parse.cc.
#include <algorithm>
#include <cctype>

#include "lakelet/schema.h"

namespace lakelet {
namespace {

bool is_plain_name(const std::string& name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front()))) return false;
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '_' || c >= 0x80; });
}

std::string quoted(const std::string& text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

enum class Comments { Shown, Hidden };

std::string type_text(const Type& type, Comments comments);

// "int not null comment 'x'": what stands after a field's name.
std::string described_type(const Field& field, Comments comments, bool nullable_by_default = true) {
  std::string text = type_text(field.type, comments);
  if (!field.nullable && nullable_by_default) text += " not null";
  if (!field.doc.empty() && comments == Comments::Shown) text += " comment " + quoted(field.doc, '\'');
  return text;
}

std::string fields_text(const std::vector<Field>& fields, const char* between, Comments comments) {
  std::string text;
  for (const Field& field : fields) {
    if (!text.empty()) text += ", ";
    text += is_plain_name(field.name) ? field.name : quoted(field.name, '"');
    text += between + described_type(field, comments);
  }
  return text;
}

std::string type_text(const Type& type, Comments comments) {
  switch (type.kind()) {
    case TypeKind::Null:
      return "null";
    case TypeKind::Boolean:
      return "boolean";
    case TypeKind::Int8:
      return "tinyint";
    case TypeKind::Int16:
      return "smallint";
    case TypeKind::Int32:
      return "int";
    case TypeKind::Int64:
      return "bigint";
    case TypeKind::UInt8:
      return "utinyint";
    case TypeKind::UInt16:
      return "usmallint";
    case TypeKind::UInt32:
      return "uint";
    case TypeKind::UInt64:
      return "ubigint";
    case TypeKind::Float:
      return "float";
    case TypeKind::Double:
      return "double";
    case TypeKind::Decimal:
      return "decimal(" + std::to_string(type.precision()) + "," + std::to_string(type.scale()) + ")";
    case TypeKind::String:
      return "string";
    case TypeKind::Binary:
      return "binary";
    case TypeKind::Fixed:
      return "fixed(" + std::to_string(type.length()) + ")";
    case TypeKind::Uuid:
      return "uuid";
    case TypeKind::Date:
      return "date";
    case TypeKind::Time:
      return "time";
    case TypeKind::Timestamp:
      return "timestamp_ntz";
    case TypeKind::TimestampTz:
      return "timestamp";
    case TypeKind::TimestampNs:
      return "timestamp_ns";
    case TypeKind::TimestampNsTz:
      return "timestamptz_ns";
    case TypeKind::Variant:
      return "variant";
    case TypeKind::Geometry:
      return "geometry";
    case TypeKind::Struct:
      return "struct<" + fields_text(type.children(), ": ", comments) + ">";
    case TypeKind::List:
      return "list<" + described_type(type.children().at(0), comments) + ">";
    case TypeKind::Map:
      // A key is never null, so that goes without saying.
      return "map<" + described_type(type.children().at(0), comments, false) + ", " +
             described_type(type.children().at(1), comments) + ">";
  }
  return "unknown";
}

}  // namespace

std::string to_string(const Type& type) {
  return type_text(type, Comments::Hidden);
}

std::string to_string(const Schema& schema) {
  return fields_text(schema.fields(), " ", Comments::Shown);
}

}  // namespace lakelet
