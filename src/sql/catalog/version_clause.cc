#include "sql/catalog/version_clause.h"

#include <fmt/format.h>

#include "base/time.h"
#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

[[noreturn]] void refuse(const std::string& unit, const duckdb::Value& value) {
  throw Error(ErrorCode::InvalidArgument, "AT (" + unit + " => " + value.ToString() + ") names no version",
              "write AT (VERSION => 3) or AT (TIMESTAMP => '2025-01-31T12:00:00Z')");
}

// nullopt: it isn't one.
std::optional<std::int64_t> timestamp_us(const duckdb::Value& value) {
  switch (value.type().id()) {
    case duckdb::LogicalTypeId::VARCHAR: {
      const auto parsed = parse_timestamp(value.GetValue<duckdb::string>());
      return parsed ? std::optional(parsed->us) : std::nullopt;
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
      return std::nullopt;
  }
}

bool is_digits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

VersionSelector version_or_time(const std::string& argument, const duckdb::Value& value) {
  if (value.IsNull()) return LatestVersion{};
  const bool text = value.type().id() == duckdb::LogicalTypeId::VARCHAR;
  if (value.type().IsIntegral() || (text && is_digits(value.GetValue<duckdb::string>()))) {
    duckdb::Value number = value;
    if (number.DefaultTryCastAs(duckdb::LogicalType::BIGINT)) return Version{number.GetValue<std::int64_t>()};
  } else if (const auto us = timestamp_us(value)) {
    return AtTimestamp{*us};
  }
  throw Error(ErrorCode::InvalidArgument, argument + " is no version and no time: " + value.ToString(),
              "give a version (3) or a time ('2025-01-31T12:00:00Z')");
}

VersionSelector selector_of(duckdb::optional_ptr<duckdb::BoundAtClause> clause) {
  if (!clause) return LatestVersion{};
  const std::string unit = duckdb::StringUtil::Upper(clause->Unit());
  duckdb::Value value = clause->GetValue();
  if (value.IsNull()) refuse(unit, value);
  if (unit == kReferenceUnit) return AtReference{value.ToString()};
  if (unit == "TIMESTAMP") {
    const auto us = timestamp_us(value);
    if (!us) refuse(unit, value);
    return AtTimestamp{*us};
  }
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
