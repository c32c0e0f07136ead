#include "formats/delta/files/partition_value.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "base/time.h"
#include "lakelet/error.h"
#include "table/padded_text.h"

namespace lakelet::delta {

namespace {

std::optional<std::int64_t> read_integer(std::string_view text, TypeKind kind) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const int bits = kind == TypeKind::Int8 ? 8 : kind == TypeKind::Int16 ? 16 : kind == TypeKind::Int32 ? 32 : 64;
  if (bits < 64 && (value < -(std::int64_t{1} << (bits - 1)) || value >= std::int64_t{1} << (bits - 1))) {
    return std::nullopt;
  }
  return value;
}

// Java's spellings of what isn't a finite number.
std::optional<double> read_number(std::string_view text, TypeKind kind) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity" || text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity" || text == "-inf") return -std::numeric_limits<double>::infinity();
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  double value = 0;
  std::from_chars_result result{};
  if (kind == TypeKind::Float) {
    float single = 0;  // rounded once, to what the column holds
    result = std::from_chars(text.data(), end, single);
    value = single;
  } else {
    result = std::from_chars(text.data(), end, value);
  }
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

// "2021-06-22 09:15:00[.f]" and ISO 8601 with a zone; the same rules for a plain date (a widened column).
std::optional<std::int64_t> read_timestamp(std::string_view text) {
  const auto parsed = parse_timestamp(text);
  if (!parsed) return std::nullopt;
  return parsed->us;
}

std::optional<Value> read_value(std::string_view text, const Type& type) {
  switch (type.kind()) {
    case TypeKind::String:
    case TypeKind::Binary:
      return Value(std::string(text));
    case TypeKind::Boolean:
      if (text == "true" || text == "True" || text == "TRUE") return Value(true);
      if (text == "false" || text == "False" || text == "FALSE") return Value(false);
      return std::nullopt;
    case TypeKind::Int8:
    case TypeKind::Int16:
    case TypeKind::Int32:
    case TypeKind::Int64:
      if (const auto value = read_integer(text, type.kind())) return Value(*value);
      return std::nullopt;
    case TypeKind::Float:
    case TypeKind::Double:
      if (const auto value = read_number(text, type.kind())) return Value(*value);
      return std::nullopt;
    case TypeKind::Decimal:
      try {
        return parse_value(std::string(text), type);
      } catch (const Error&) {
        return std::nullopt;
      }
    case TypeKind::Date:
      if (const auto days = parse_date(text)) return Value(*days);
      return std::nullopt;
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      if (const auto us = read_timestamp(text)) return Value(*us);
      return std::nullopt;
    case TypeKind::Null:
      return Value();
    default:
      return std::nullopt;
  }
}

// As Java prints it: always with a point or an exponent, "NaN", "Infinity".
template <typename Number>
std::string write_number(Number value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace

// Binary: the protocol's "escaped binary values" are JSON's own escapes, so the bytes are the text's UTF-8, as in
// Spark.
Value read_partition_value(std::optional<std::string_view> text, const Type& type) {
  if (!text || text->empty()) return Value();
  if (auto value = read_value(*text, type)) return *std::move(value);
  throw Error(ErrorCode::CorruptTable, fmt::format("the partition value '{}' is no {}", *text, to_string(type)));
}

Value read_partition_value(std::optional<std::string_view> text, const Field& column) {
  Value value = read_partition_value(text, column.type);
  if (column.padded_to == 0 || value.is_null()) return value;
  std::string padded(value.bytes());
  pad_text(padded, static_cast<std::size_t>(column.padded_to));
  return Value(std::move(padded));
}

std::optional<std::string> write_partition_value(const Value& value, const Type& type) {
  if (value.is_null()) return std::nullopt;
  switch (type.kind()) {
    case TypeKind::String:
    case TypeKind::Binary:
      if (value.bytes().empty()) return std::nullopt;
      if (!simdjson::validate_utf8(value.bytes())) {
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("the partition value {} isn't UTF-8, which Delta's log can't hold", to_text(value, type)));
      }
      return value.bytes();
    case TypeKind::Boolean:
      return value.boolean() ? "true" : "false";
    case TypeKind::Float:
      return write_number(static_cast<float>(value.number()));
    case TypeKind::Double:
      return write_number(value.number());
    case TypeKind::Date:
      return format_date(value.integer());
    case TypeKind::TimestampTz:
      return format_iso8601(value.integer(), 6);
    case TypeKind::Timestamp:
      return format_timestamp(value.integer());
    default:
      return to_text(value, type);
  }
}

}  // namespace lakelet::delta
