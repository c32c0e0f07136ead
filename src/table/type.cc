#include <string>

#include "lakelet/error.h"
#include "lakelet/schema.h"

namespace lakelet {
namespace {

constexpr int kMaxDecimalPrecision = 38;

}  // namespace

Type Type::decimal(int precision, int scale) {
  if (precision < 1 || precision > kMaxDecimalPrecision || scale < 0 || scale > precision) {
    throw Error(ErrorCode::InvalidArgument,
                "decimal(" + std::to_string(precision) + "," + std::to_string(scale) + ") doesn't exist",
                "the precision is 1 to 38, the scale 0 to the precision");
  }
  Type type(TypeKind::Decimal);
  type.precision_ = precision;
  type.scale_ = scale;
  return type;
}

Type Type::fixed(int length) {
  if (length < 1) throw Error(ErrorCode::InvalidArgument, "fixed(" + std::to_string(length) + ") has no bytes");
  Type type(TypeKind::Fixed);
  type.precision_ = length;
  return type;
}

Type Type::structure(std::vector<Field> fields) {
  Type type(TypeKind::Struct);
  type.children_ = std::make_shared<const std::vector<Field>>(std::move(fields));
  return type;
}

Type Type::list(Field element) {
  Type type(TypeKind::List);
  type.children_ = std::make_shared<const std::vector<Field>>(1, std::move(element));
  return type;
}

Type Type::list(Type element) {
  Field field;
  field.name = "element";
  field.type = std::move(element);
  return list(std::move(field));
}

Type Type::map(Field key, Field value) {
  Type type(TypeKind::Map);
  std::vector<Field> children;
  children.push_back(std::move(key));
  children.push_back(std::move(value));
  type.children_ = std::make_shared<const std::vector<Field>>(std::move(children));
  return type;
}

Type Type::map(Type key, Type value) {
  Field key_field;
  key_field.name = "key";
  key_field.type = std::move(key);
  key_field.nullable = false;
  Field value_field;
  value_field.name = "value";
  value_field.type = std::move(value);
  return map(std::move(key_field), std::move(value_field));
}

const std::vector<Field>& Type::children() const {
  static const std::vector<Field> kNone;
  return children_ ? *children_ : kNone;
}

bool operator==(const Type& a, const Type& b) {
  if (a.kind_ != b.kind_ || a.precision_ != b.precision_ || a.scale_ != b.scale_) return false;
  if (a.children_ == b.children_) return true;
  const std::vector<Field>& ours = a.children();
  const std::vector<Field>& theirs = b.children();
  if (ours.size() != theirs.size()) return false;
  // The parts of lists and maps are found by place: their names are the format's business.
  const bool named = a.kind_ == TypeKind::Struct;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (named && ours[i].name != theirs[i].name) return false;
    if (ours[i].nullable != theirs[i].nullable || !(ours[i].type == theirs[i].type)) return false;
  }
  return true;
}

bool operator==(const Field& a, const Field& b) {
  return a.name == b.name && a.nullable == b.nullable && a.type == b.type;
}

}  // namespace lakelet
