#include "formats/delta/statistics/statistics_bound.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/time.h"
#include "lakelet/error.h"

namespace lakelet::delta {

namespace {

template <typename Number>
std::optional<Number> parse_number(std::string_view token) {
  Number value{};
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  return value;
}

std::optional<Value> read_float(std::string_view token, TypeKind kind, Bound bound, bool widened) {
  if (token == "NaN") return std::nullopt;  // the order of NaN differs between writers
  if (token == "Infinity" || token == "-Infinity") {
    return Value(token[0] == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity());
  }
  const auto exact = parse_number<double>(token);
  if (!exact || std::isnan(*exact)) return std::nullopt;
  if (kind == TypeKind::Double && !widened) return Value(*exact);
  // The bound of a float was printed as short as a float allows: "0.1" stands
  // for 0.10000000149.
  const auto single = parse_number<float>(token);
  if (!single) return std::nullopt;
  const double rounded = *single;
  if (kind == TypeKind::Float) return Value(rounded);
  return Value(bound == Bound::Min ? std::min(rounded, *exact) : std::max(rounded, *exact));
}

// Digits with at most one point and an exponent -> unscaled value; nullopt if
// it doesn't fit without rounding.
std::optional<__int128> parse_unscaled(std::string_view token, int scale) {
  const bool negative = token.starts_with('-');
  if (negative) token.remove_prefix(1);
  int exponent = 0;
  if (const std::size_t e = token.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view text = token.substr(e + 1);
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto parsed = parse_number<int>(text);
    if (!parsed || std::abs(*parsed) > 100) return std::nullopt;
    exponent = *parsed;
    token = token.substr(0, e);
  }
  unsigned __int128 digits = 0;
  constexpr auto kLimit = ~static_cast<unsigned __int128>(0) / 2 / 10 - 1;
  int fraction = 0;
  bool point = false, any = false;
  for (const char c : token) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || digits > kLimit) return std::nullopt;
    digits = digits * 10 + static_cast<unsigned>(c - '0');
    fraction += point;
    any = true;
  }
  if (!any) return std::nullopt;
  int shift = scale - fraction + exponent;
  for (; shift > 0 && digits != 0; --shift) {
    if (digits > kLimit) return std::nullopt;
    digits *= 10;
  }
  for (; shift < 0; ++shift) {
    if (digits % 10 != 0) return std::nullopt;
    digits /= 10;
  }
  const auto result = static_cast<__int128>(digits);
  return negative ? -result : result;
}

// The instant of a zoned timestamp, the wall clock of one without. An instant without a zone is in the writer's local
// time, which nobody knows; a wall clock with an offset is no wall clock.
std::optional<std::int64_t> timestamp_of(std::string_view token, TypeKind kind) {
  const auto parsed = parse_timestamp(token);
  if (!parsed) return std::nullopt;
  const bool utc = token.ends_with('Z');
  if (kind == TypeKind::TimestampTz ? !parsed->zoned : parsed->zoned && !utc) return std::nullopt;
  return parsed->us;
}

std::optional<Value> read_decimal(std::string_view token, const Type& type, Bound bound) {
  auto unscaled = parse_unscaled(token, type.scale());
  if (!unscaled) return std::nullopt;
  // deltalake sends decimals through a double, which keeps 15 digits.
  constexpr int kExactDigits = 15, kMantissaBits = 51;
  if (type.precision() > kExactDigits) {
    const __int128 slack = ((*unscaled < 0 ? -*unscaled : *unscaled) >> kMantissaBits) + 1;
    *unscaled += bound == Bound::Min ? -slack : slack;
  }
  return Value(Decimal{*unscaled});
}

std::optional<Value> read_timestamp(std::string_view token, TypeKind kind, Bound bound) {
  const auto us = timestamp_of(token, kind);
  return us ? std::optional(widened_timestamp(*us, bound)) : std::nullopt;
}

// "String columns are cut off at a fixed prefix length" (32 characters in the
// reference implementation). Most writers then raise the last character of a
// maximum, not all.
Value read_string(std::string_view token, Bound bound) {
  constexpr std::size_t kShortestCut = 32;
  std::string text(token);
  if (bound == Bound::Max && text.size() >= kShortestCut) text += "\xF4\x8F\xBF\xBF";  // the greatest character
  return Value(std::move(text));
}

}  // namespace

Value widened_timestamp(std::int64_t us, Bound bound) {
  if (bound == Bound::Max && us % 1000 == 0 && us <= std::numeric_limits<std::int64_t>::max() - 999) us += 999;
  return Value(us);
}

bool has_bounds(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Binary:
    case TypeKind::Variant:
    case TypeKind::Geometry:
    case TypeKind::Null:
    case TypeKind::Struct:
    case TypeKind::List:
    case TypeKind::Map:
      return false;
    default:
      return true;
  }
}

std::optional<Value> read_bound(std::string_view token, bool quoted, const Type& type, Bound bound, bool widened) {
  switch (type.kind()) {
    case TypeKind::String:
      if (!quoted) return std::nullopt;
      return read_string(token, bound);
    case TypeKind::Int8:
    case TypeKind::Int16:
    case TypeKind::Int32:
    case TypeKind::Int64:
      if (const auto value = parse_number<std::int64_t>(token)) return Value(*value);
      return std::nullopt;
    case TypeKind::Float:
    case TypeKind::Double:
      return read_float(token, type.kind(), bound, widened);
    case TypeKind::Decimal:
      return read_decimal(token, type, bound);
    case TypeKind::Date:
      if (const auto days = parse_date(token)) return Value(*days);
      return std::nullopt;
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return read_timestamp(token, type.kind(), bound);
    case TypeKind::Boolean:
      if (token == "true") return Value(true);
      if (token == "false") return Value(false);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Value> read_bound_as_written(std::string_view token, bool quoted, const Type& type) {
  switch (type.kind()) {
    case TypeKind::String:
      return quoted ? std::optional(Value(std::string(token))) : std::nullopt;
    case TypeKind::Decimal:
      if (const auto unscaled = parse_unscaled(token, type.scale())) return Value(Decimal{*unscaled});
      return std::nullopt;
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      if (const auto us = timestamp_of(token, type.kind())) return Value(*us);
      return std::nullopt;
    default:
      return read_bound(token, quoted, type, Bound::Min, false);
  }
}

}  // namespace lakelet::delta
