#include "formats/iceberg/write/column_default.h"

#include <fmt/format.h>

#include <cmath>

#include "formats/iceberg/metadata/schema_json.h"
#include "formats/iceberg/metadata/schema_writer.h"
#include "formats/iceberg/write/evolution.h"
#include "formats/iceberg/write/iceberg_transaction.h"
#include "lakelet/error.h"

namespace lakelet::iceberg {

namespace {

constexpr const char* kWriteDefault = "write-default";

[[noreturn]] void refuse(const std::string& what, const std::string& hint) {
  throw Error(ErrorCode::UnsupportedFeature, what, hint);
}

// "All columns of unknown, variant, geometry, and geography types must default to null"; nested ones are left out here.
void require_defaultable(const Field& field) {
  const TypeKind kind = field.type.kind();
  const bool plain = !field.type.nested() && kind != TypeKind::Variant && kind != TypeKind::Null &&
                     !field.metadata.contains(kShapeKey);
  if (plain) return;
  refuse(fmt::format("the column '{}' is {}, which has no default", field.name, to_string(field.type)),
         "give the value in each statement");
}

// "JSON single-value serialization": a number, and JSON has none for these.
void require_finite(const Field& field, const Value& value) {
  const TypeKind kind = field.type.kind();
  if (value.is_null() || (kind != TypeKind::Float && kind != TypeKind::Double)) return;
  const double number = kind == TypeKind::Float ? static_cast<float>(value.number()) : value.number();
  if (std::isfinite(number)) return;
  refuse(fmt::format("the default of '{}' is {}, which Iceberg's metadata can't say", field.name,
                     to_text(Value(number), field.type)),
         "give the value in each statement");
}

std::string json_of(const Field& field, const DefaultValue& value) {
  if (!value.constant) {
    refuse(fmt::format("the default of '{}' ({}) isn't one value: Iceberg keeps values, and no expressions", field.name,
                       value.expression),
           "give the value in each statement");
  }
  require_finite(field, *value.constant);
  JsonWriter out;
  write_json_value(out, *value.constant, field.type);
  return out.take();
}

}  // namespace

Schema with_default(const TableMetadataFile& metadata, const std::string& column,
                    const std::optional<DefaultValue>& value, bool added) {
  std::vector<Field> fields = metadata.current_schema().fields();
  const int at = metadata.current_schema().index_of(column);
  if (at < 0) throw Error(ErrorCode::NotFound, fmt::format("there is no column '{}'", column));
  Field& field = fields[static_cast<std::size_t>(at)];
  if (!value) {
    if (field.metadata.erase(kWriteDefault) == 0) {
      throw Error(ErrorCode::NotFound, fmt::format("the column '{}' has no default", column));
    }
    return Schema(std::move(fields));
  }
  if (metadata.format_version < 3) {
    refuse(
        fmt::format("columns have defaults since format version 3; the table has version {}", metadata.format_version),
        "set the property format-version to 3, or give the value in each statement");
  }
  require_defaultable(field);
  field.metadata.erase(kWriteDefault);
  if (value->constant && value->constant->is_null()) {
    if (!field.nullable) {
      throw Error(ErrorCode::InvalidArgument, fmt::format("the column '{}' is NOT NULL: NULL is no default", column));
    }
    return Schema(std::move(fields));
  }
  field.metadata[kWriteDefault] = json_of(field, *value);
  if (added) field.initial_default = write_default(field);
  return Schema(std::move(fields));
}

void IcebergTransaction::set_value_rule(const std::string& column, const std::optional<ValueRule>& rule) {
  if (rule && !std::holds_alternative<DefaultValue>(*rule)) return Transaction::set_value_rule(column, rule);
  std::optional<DefaultValue> value;
  if (rule) value = std::get<DefaultValue>(*rule);
  const Field* const field = metadata_.current_schema().find(column);
  const bool added = !creates() && field && !find_by_id(base_->table_metadata().current_schema().fields(), *field->id);
  Schema schema = with_default(metadata_, column, value, added);
  const int before = metadata_.current_schema_id;
  if (creates()) {  // nobody has seen the one without
    metadata_.schemas.clear();
    metadata_.schemas.emplace(before, std::move(schema));
    return;
  }
  adopt_schema(metadata_, std::move(schema));
  if (metadata_.current_schema_id == before || base_->table_metadata().schemas.contains(before)) return;
  metadata_.schemas.erase(before);
  metadata_.identifiers.erase(before);
}

}  // namespace lakelet::iceberg
