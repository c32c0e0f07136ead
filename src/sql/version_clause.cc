#include "sql/version_clause.h"

#include <fmt/format.h>

#include "base/time.h"
#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

[[noreturn]] void refuse(const std::string& unit, const duckdb::Value& value) {
  throw Error(ErrorCode::InvalidArgument, "AT (" + unit + " => " + value.ToString() + ") names no version",
              "write AT (VERSION => 3) or AT (TIMESTAMP => '2025-01-31T12:00:00Z')");
}

std::int64_t timestamp_us(const std::string& unit, const duckdb::Value& value) {
  switch (value.type().id()) {
    case duckdb::LogicalTypeId::VARCHAR: {
      const auto parsed = parse_timestamp(value.GetValue<duckdb::string>());
      if (!parsed) refuse(unit, value);
      return parsed->us;
    }
    case duckdb::LogicalTypeId::DATE:
    case duckdb::LogicalTypeId::TIMESTAMP_SEC:
    case duckdb::LogicalTypeId::TIMESTAMP_MS:
    case duckdb::LogicalTypeId::TIMESTAMP_NS:
    case duckdb::LogicalTypeId::TIMESTAMP:
      return value.DefaultCastAs(duckdb::LogicalType::TIMESTAMP).GetValue<duckdb::timestamp_t>().value;
    case duckdb::LogicalTypeId::TIMESTAMP_TZ:
      return value.GetValue<duckdb::timestamp_tz_t>().value;
    default:
      refuse(unit, value);
  }
}

}  // namespace

VersionSelector selector_of(duckdb::optional_ptr<duckdb::BoundAtClause> clause) {
  if (!clause) return LatestVersion{};
  const std::string unit = duckdb::StringUtil::Upper(clause->Unit());
  duckdb::Value value = clause->GetValue();
  if (value.IsNull()) refuse(unit, value);
  if (unit == kReferenceUnit) return AtReference{value.ToString()};
  if (unit == "TIMESTAMP") return AtTimestamp{timestamp_us(unit, value)};
  duckdb::Value number = value;
  const bool text = value.type().id() == duckdb::LogicalTypeId::VARCHAR;
  if (!text && !value.type().IsIntegral()) refuse(unit, value);
  if (!number.DefaultTryCastAs(duckdb::LogicalType::BIGINT)) {
    if (unit == "VERSION" && text) return AtReference{value.ToString()};
    refuse(unit, value);
  }
  const auto integer = number.GetValue<std::int64_t>();
  if (unit == kTimestampMsUnit) return AtTimestamp{integer * 1000 + 999};  // every commit within that millisecond
  if (unit != "VERSION" || integer < 0) refuse(unit, value);
  return Version{integer};
}

std::string to_key(const VersionSelector& selector) {
  if (const auto* version = std::get_if<Version>(&selector)) return fmt::format("v{}", *version);
  if (const auto* time = std::get_if<AtTimestamp>(&selector)) return fmt::format("@{}", time->us);
  if (const auto* reference = std::get_if<AtReference>(&selector)) return fmt::format("#{}", reference->name);
  return {};
}

}  // namespace lakelet::sql
