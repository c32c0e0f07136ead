#include <duckdb/common/types/date.hpp>
#include <duckdb/common/types/timestamp.hpp>
#include <duckdb/common/types/uuid.hpp>
#include <limits>

#include "engine/type_mapping.h"
#include "lakelet/error.h"

namespace lakelet::engine {

namespace {

using EngineValue = duckdb::Value;

duckdb::hugeint_t to_hugeint(__int128 value) {
  duckdb::hugeint_t result;
  result.lower = static_cast<uint64_t>(value);
  result.upper = static_cast<int64_t>(value >> 64);
  return result;
}

__int128 from_hugeint(duckdb::hugeint_t value) {
  return (static_cast<__int128>(value.upper) << 64) | value.lower;
}

EngineValue to_decimal(Decimal value, const Type& type) {
  const auto width = static_cast<uint8_t>(type.precision());
  const auto scale = static_cast<uint8_t>(type.scale());
  if (width <= 4) return EngineValue::DECIMAL(static_cast<int16_t>(value.unscaled), width, scale);
  if (width <= 9) return EngineValue::DECIMAL(static_cast<int32_t>(value.unscaled), width, scale);
  if (width <= 18) return EngineValue::DECIMAL(static_cast<int64_t>(value.unscaled), width, scale);
  return EngineValue::DECIMAL(to_hugeint(value.unscaled), width, scale);
}

EngineValue to_uuid(const std::string& bytes) {
  if (bytes.size() != 16) throw Error(ErrorCode::InvalidArgument, "a uuid has 16 bytes");
  duckdb::hugeint_t value = duckdb::BaseUUID::FromBlob(reinterpret_cast<duckdb::const_data_ptr_t>(bytes.data()));
  return EngineValue::UUID(value);
}

std::string from_uuid(const EngineValue& value) {
  std::string bytes(16, '\0');
  duckdb::BaseUUID::ToBlob(value.GetValueUnsafe<duckdb::hugeint_t>(),
                           reinterpret_cast<duckdb::data_ptr_t>(bytes.data()));
  return bytes;
}

// What only exists in the engine: infinite dates and timestamps.
bool is_finite(const EngineValue& value) {
  switch (value.type().id()) {
    case duckdb::LogicalTypeId::DATE:
      return duckdb::Date::IsFinite(value.GetValueUnsafe<duckdb::date_t>());
    case duckdb::LogicalTypeId::TIMESTAMP:
    case duckdb::LogicalTypeId::TIMESTAMP_TZ:
    case duckdb::LogicalTypeId::TIMESTAMP_NS:
      return duckdb::Timestamp::IsFinite(duckdb::timestamp_t(value.GetValueUnsafe<int64_t>()));
    default:
      return true;
  }
}

// The value as one of the engine's type for `type`: itself, or cast if nothing is lost by it.
std::optional<EngineValue> as_type(const EngineValue& value, const Type& type) {
  const duckdb::LogicalType wanted = to_engine_type(type);
  if (value.type() == wanted) return value;
  EngineValue cast = value, back;
  if (!cast.DefaultTryCastAs(wanted)) return std::nullopt;
  back = cast;
  if (!back.DefaultTryCastAs(value.type()) || !EngineValue::NotDistinctFrom(back, value)) return std::nullopt;
  return cast;
}

std::optional<Value> from_same_type(const EngineValue& value, const Type& type) {
  switch (type.kind()) {
    case TypeKind::Boolean:
      return Value(duckdb::BooleanValue::Get(value));
    case TypeKind::UInt64: {
      const uint64_t number = value.GetValueUnsafe<uint64_t>();
      if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
      return Value(static_cast<std::int64_t>(number));
    }
    case TypeKind::Int8:
    case TypeKind::Int16:
    case TypeKind::Int32:
    case TypeKind::Int64:
    case TypeKind::UInt8:
    case TypeKind::UInt16:
    case TypeKind::UInt32:
      return Value(value.GetValue<std::int64_t>());
    case TypeKind::Date:
      return Value(static_cast<std::int64_t>(value.GetValueUnsafe<duckdb::date_t>().days));
    case TypeKind::Time:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
      return Value(static_cast<std::int64_t>(value.GetValueUnsafe<int64_t>()));
    case TypeKind::Float:
    case TypeKind::Double:
      return Value(value.GetValue<double>());
    case TypeKind::Decimal:
      return Value(Decimal{from_hugeint(duckdb::IntegralValue::Get(value))});
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Fixed:
      return Value(duckdb::StringValue::Get(value));
    case TypeKind::Uuid:
      return Value(from_uuid(value));
    default:
      return std::nullopt;
  }
}

EngineValue to_non_null(const Value& value, const Type& type) {
  switch (type.kind()) {
    case TypeKind::Boolean:
      return EngineValue::BOOLEAN(value.boolean());
    case TypeKind::Float:
      return EngineValue::FLOAT(static_cast<float>(value.number()));
    case TypeKind::Double:
      return EngineValue::DOUBLE(value.number());
    case TypeKind::Decimal:
      return to_decimal(value.decimal(), type);
    case TypeKind::String:
      return EngineValue(value.bytes());
    case TypeKind::Binary:
    case TypeKind::Fixed:
      return EngineValue::BLOB_RAW(value.bytes());
    case TypeKind::Uuid:
      return to_uuid(value.bytes());
    case TypeKind::Date:
      return EngineValue::DATE(duckdb::date_t(static_cast<int32_t>(value.integer())));
    case TypeKind::Time:
      return EngineValue::TIME(duckdb::dtime_t(value.integer()));
    case TypeKind::Timestamp:
      return EngineValue::TIMESTAMP(duckdb::timestamp_t(value.integer()));
    case TypeKind::TimestampTz:
      return EngineValue::TIMESTAMPTZ(duckdb::timestamp_tz_t(value.integer()));
    case TypeKind::TimestampNs:
      return EngineValue::TIMESTAMPNS(duckdb::timestamp_ns_t(value.integer()));
    case TypeKind::TimestampNsTz:
      if (value.integer() % 1000 != 0) break;
      return EngineValue::TIMESTAMPTZ(duckdb::timestamp_tz_t(value.integer() / 1000));
    default:
      if (type.integral()) return EngineValue::BIGINT(value.integer()).DefaultCastAs(to_engine_type(type));
      break;
  }
  throw Error(ErrorCode::UnsupportedFeature, "a single value of type " + to_string(type) + " isn't supported");
}

}  // namespace

EngineValue to_engine_value(const Value& value, const Type& type) {
  return value.is_null() ? EngineValue(to_engine_type(type)) : to_non_null(value, type);
}

std::optional<Value> from_engine_value(const EngineValue& value, const Type& type) {
  if (type.nested()) return std::nullopt;
  if (value.IsNull()) return Value();
  const auto typed = as_type(value, type);
  if (!typed || !is_finite(*typed)) return std::nullopt;
  return from_same_type(*typed, type);
}

}  // namespace lakelet::engine
