#include "formats/delta/checkpoint/arrow_cells.h"

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

ArrowType arrow_type(TypeKind kind) {
  switch (kind) {
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
    case TypeKind::Float:
      return NANOARROW_TYPE_FLOAT;
    case TypeKind::Double:
      return NANOARROW_TYPE_DOUBLE;
    case TypeKind::Decimal:
      return NANOARROW_TYPE_DECIMAL128;
    case TypeKind::String:
      return NANOARROW_TYPE_STRING;
    case TypeKind::Binary:
      return NANOARROW_TYPE_BINARY;
    case TypeKind::Date:
      return NANOARROW_TYPE_DATE32;
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return NANOARROW_TYPE_TIMESTAMP;
    default:
      return NANOARROW_TYPE_UNINITIALIZED;
  }
}

void append_decimal(ArrowArray* array, const Type& type, __int128 unscaled) {
  ArrowDecimal decimal;
  ArrowDecimalInit(&decimal, 128, type.precision(), type.scale());
  const auto bits = static_cast<unsigned __int128>(unscaled);
  decimal.words[decimal.low_word_index] = static_cast<std::uint64_t>(bits);
  decimal.words[decimal.high_word_index] = static_cast<std::uint64_t>(bits >> 64);
  require_ok(ArrowArrayAppendDecimal(array, &decimal));
}

}  // namespace

void require_ok(ArrowErrorCode code) {
  if (code != NANOARROW_OK) throw Error(ErrorCode::Exhausted, "not enough memory for a checkpoint");
}

void append_text(ArrowArray* array, std::string_view text) {
  require_ok(ArrowArrayAppendString(array, {text.data(), static_cast<std::int64_t>(text.size())}));
}

bool has_cells(const Type& type) {
  return arrow_type(type.kind()) != NANOARROW_TYPE_UNINITIALIZED;
}

void set_cell_type(ArrowSchema* schema, const Type& type) {
  const ArrowType arrow = arrow_type(type.kind());
  if (arrow == NANOARROW_TYPE_DECIMAL128) {
    require_ok(ArrowSchemaSetTypeDecimal(schema, arrow, type.precision(), type.scale()));
  } else if (arrow == NANOARROW_TYPE_TIMESTAMP) {
    const char* zone = type.kind() == TypeKind::TimestampTz ? "UTC" : "";
    require_ok(ArrowSchemaSetTypeDateTime(schema, arrow, NANOARROW_TIME_UNIT_MICRO, zone));
  } else {
    require_ok(ArrowSchemaSetType(schema, arrow));
  }
}

void append_value(ArrowArray* array, const Type& type, const Value& value) {
  if (value.is_null()) return require_ok(ArrowArrayAppendNull(array, 1));
  switch (type.kind()) {
    case TypeKind::Boolean:
      return require_ok(ArrowArrayAppendInt(array, value.boolean() ? 1 : 0));
    case TypeKind::Float:
    case TypeKind::Double:
      return require_ok(ArrowArrayAppendDouble(array, value.number()));
    case TypeKind::Decimal:
      return append_decimal(array, type, value.decimal().unscaled);
    case TypeKind::String:
      return append_text(array, value.bytes());
    case TypeKind::Binary:
      return require_ok(
          ArrowArrayAppendBytes(array, {{value.bytes().data()}, static_cast<std::int64_t>(value.bytes().size())}));
    default: {
      // A bound of a wider type, from before or after the column was widened, is none of this one.
      const std::int64_t number = value.integer();
      const int bits = type.kind() == TypeKind::Int8                                     ? 8
                       : type.kind() == TypeKind::Int16                                  ? 16
                       : type.kind() == TypeKind::Int32 || type.kind() == TypeKind::Date ? 32
                                                                                         : 64;
      const bool fits =
          bits == 64 || (number >= -(std::int64_t{1} << (bits - 1)) && number < (std::int64_t{1} << (bits - 1)));
      return require_ok(fits ? ArrowArrayAppendInt(array, number) : ArrowArrayAppendNull(array, 1));
    }
  }
}

}  // namespace lakelet::delta
