#include "table/partition_text.h"

#include "table/column_path.h"

namespace lakelet {

std::string partition_text(const Value& value, const PartitionField& field, const Schema& schema) {
  if (field.transform == Transform::Day) return to_text(value, Type(TypeKind::Date));
  const bool known = field.transform != Transform::Void && field.transform != Transform::Unknown;
  if (known && resolve_dotted(schema, field.column)) return to_text(value, partition_type(field, schema));
  if (std::holds_alternative<std::int64_t>(value.storage())) return to_text(value, Type(TypeKind::Int64));
  if (std::holds_alternative<double>(value.storage())) return to_text(value, Type(TypeKind::Double));
  if (std::holds_alternative<bool>(value.storage())) return to_text(value, Type(TypeKind::Boolean));
  if (std::holds_alternative<Decimal>(value.storage())) return to_text(value, Type::decimal(38, 0));
  return value.is_null() ? "NULL" : value.bytes();
}

}  // namespace lakelet
