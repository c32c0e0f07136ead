#include "sql/rules/assignment.h"

#include <algorithm>

namespace lakelet::sql {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;

bool is_float(const LogicalType& type) {
  return type.id() == LogicalTypeId::FLOAT || type.id() == LogicalTypeId::DOUBLE;
}

// A wall clock of any precision.
bool is_wall_clock(const LogicalType& type) {
  switch (type.id()) {
    case LogicalTypeId::DATE:
    case LogicalTypeId::TIMESTAMP_SEC:
    case LogicalTypeId::TIMESTAMP_MS:
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_NS:
      return true;
    default:
      return false;
  }
}

bool is_time_point(const LogicalType& type) {
  return type.id() == LogicalTypeId::TIMESTAMP_TZ || (is_wall_clock(type) && type.id() != LogicalTypeId::DATE);
}

bool decimal_from(const LogicalType& from, const LogicalType& to) {
  if (from.IsIntegral()) return true;
  return from.id() == LogicalTypeId::DECIMAL &&
         duckdb::DecimalType::GetScale(from) <= duckdb::DecimalType::GetScale(to);
}

bool struct_from(const LogicalType& from, const LogicalType& to) {
  const auto& source = duckdb::StructType::GetChildTypes(from);
  const auto& target = duckdb::StructType::GetChildTypes(to);
  return std::all_of(source.begin(), source.end(), [&](const auto& field) {
    const auto found = std::find_if(target.begin(), target.end(), [&](const auto& candidate) {
      return duckdb::StringUtil::CIEquals(candidate.first, field.first);
    });
    return found != target.end() && assignable(field.second, found->second);
  });
}

bool list_from(const LogicalType& from, const LogicalType& to) {
  if (from.id() == LogicalTypeId::LIST) {
    return assignable(duckdb::ListType::GetChildType(from), duckdb::ListType::GetChildType(to));
  }
  return from.id() == LogicalTypeId::ARRAY &&
         assignable(duckdb::ArrayType::GetChildType(from), duckdb::ListType::GetChildType(to));
}

}  // namespace

bool assignable(const LogicalType& from, const LogicalType& to) {
  if (from == to || from.id() == LogicalTypeId::SQLNULL || from.id() == LogicalTypeId::UNKNOWN) return true;
  if (to.id() == LogicalTypeId::VARIANT) return true;
  if (to.IsIntegral()) {
    return from.IsIntegral() || (from.id() == LogicalTypeId::DECIMAL && duckdb::DecimalType::GetScale(from) == 0);
  }
  if (is_float(to)) return is_float(from) || from.IsIntegral() || from.id() == LogicalTypeId::DECIMAL;
  if (is_time_point(to)) return is_wall_clock(from);
  switch (to.id()) {
    case LogicalTypeId::DECIMAL:
      return decimal_from(from, to);
    case LogicalTypeId::VARCHAR:
      return from.id() == LogicalTypeId::VARCHAR || from.id() == LogicalTypeId::ENUM;
    case LogicalTypeId::STRUCT:
      return from.id() == LogicalTypeId::STRUCT && struct_from(from, to);
    case LogicalTypeId::LIST:
      return list_from(from, to);
    case LogicalTypeId::MAP:
      return from.id() == LogicalTypeId::MAP &&
             assignable(duckdb::MapType::KeyType(from), duckdb::MapType::KeyType(to)) &&
             assignable(duckdb::MapType::ValueType(from), duckdb::MapType::ValueType(to));
    default:
      return from.id() == to.id();
  }
}

bool literal_fits(const duckdb::Value& value, const LogicalType& to) {
  if (value.IsNull()) return true;
  duckdb::Value stored = value;
  if (!stored.DefaultTryCastAs(to)) return false;
  if (!value.type().IsNumeric() || !to.IsNumeric() || is_float(to)) return true;
  return stored.DefaultTryCastAs(value.type()) && stored == value;
}

}  // namespace lakelet::sql
