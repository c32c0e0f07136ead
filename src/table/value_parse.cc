// Text from outside as values: partition values, statistics, defaults. The other direction is value_text.cc.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "base/uuid.h"
#include "lakelet/error.h"
#include "lakelet/schema.h"

namespace lakelet {
namespace {

struct IntegerRange {
  std::int64_t least;
  std::int64_t most;
};

// A Value holds no more than an int64: the upper half of uint64 is refused.
IntegerRange integer_range(TypeKind kind) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  switch (kind) {
    case TypeKind::Int8:
      return {-128, 127};
    case TypeKind::Int16:
      return {-32'768, 32'767};
    case TypeKind::Int32:
      return {-2'147'483'648LL, 2'147'483'647};
    case TypeKind::UInt8:
      return {0, 255};
    case TypeKind::UInt16:
      return {0, 65'535};
    case TypeKind::UInt32:
      return {0, 4'294'967'295LL};
    case TypeKind::UInt64:
      return {0, kMost};
    default:
      return {std::numeric_limits<std::int64_t>::min(), kMost};
  }
}

std::optional<Value> parse_integer(std::string_view text, const Type& type) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const IntegerRange range = integer_range(type.kind());
  if (number < range.least || number > range.most) return std::nullopt;
  return Value(number);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::optional<Value> parse_number(std::string_view text, const Type& type) {
  const std::string word = lower(text);
  const double infinity = std::numeric_limits<double>::infinity();
  if (word == "nan") return Value(std::numeric_limits<double>::quiet_NaN());
  if (word == "infinity" || word == "+infinity" || word == "inf" || word == "+inf") return Value(infinity);
  if (word == "-infinity" || word == "-inf") return Value(-infinity);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.back()))) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (type.kind() == TypeKind::Float) {
    const float narrow = static_cast<float>(number);
    if (std::isinf(narrow)) return std::nullopt;
    return Value(static_cast<double>(narrow));
  }
  return Value(number);
}

// The leading digits of `text`, which loses them.
std::string_view take_digits(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  return digits;
}

// -1 for '-', otherwise 1; `text` loses the sign.
int take_sign(std::string_view& text) {
  if (text.empty() || (text.front() != '-' && text.front() != '+')) return 1;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  return sign;
}

// An unscaled number as digits without leading zeros, and how many of them stand after the point.
struct DecimalDigits {
  bool negative = false;
  std::string digits;
  int scale = 0;
};

// [+-]digits[.digits][e[+-]digits]
std::optional<DecimalDigits> split_decimal(std::string_view text) {
  DecimalDigits parts;
  parts.negative = take_sign(text) < 0;
  parts.digits = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::string_view fraction = take_digits(text);
    parts.scale = static_cast<int>(fraction.size());
    parts.digits += fraction;
  }
  if (parts.digits.empty()) return std::nullopt;
  if (text.starts_with('e') || text.starts_with('E')) {
    constexpr std::size_t kMostDigits = 4;
    text.remove_prefix(1);
    const int sign = take_sign(text);
    const std::string_view exponent = take_digits(text);
    if (exponent.empty() || exponent.size() > kMostDigits) return std::nullopt;
    parts.scale -= sign * std::stoi(std::string(exponent));
  }
  if (!text.empty()) return std::nullopt;
  parts.digits.erase(0, parts.digits.find_first_not_of('0'));
  return parts;
}

// Exactly: digits beyond the type's scale must be zeros.
std::optional<Value> parse_decimal(std::string_view text, const Type& type) {
  std::optional<DecimalDigits> parts = split_decimal(text);
  if (!parts) return std::nullopt;
  std::string& digits = parts->digits;
  if (digits.empty()) return Value(Decimal{});
  for (; parts->scale > type.scale(); --parts->scale) {
    if (digits.empty() || digits.back() != '0') return std::nullopt;
    digits.pop_back();
  }
  const int missing = type.scale() - parts->scale;
  if (static_cast<int>(digits.size()) + missing > type.precision()) return std::nullopt;
  digits.append(static_cast<std::size_t>(missing), '0');
  __int128 unscaled = 0;
  for (const char digit : digits) unscaled = unscaled * 10 + (digit - '0');
  return Value(Decimal{parts->negative ? -unscaled : unscaled});
}

std::optional<Value> parse_hex(std::string_view text, std::size_t required_bytes) {
  std::string bytes;
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (error != std::errc() || end != text.data() + i + 2) return std::nullopt;
    bytes.push_back(static_cast<char>(byte));
  }
  if (required_bytes != 0 && bytes.size() != required_bytes) return std::nullopt;
  return Value(std::move(bytes));
}

// What is finer than the type's unit must be zero.
std::optional<Value> parse_point_in_time(std::string_view text, TypeKind kind) {
  const std::optional<ParsedTimestamp> parsed = parse_timestamp(text);
  if (!parsed) return std::nullopt;
  if (kind == TypeKind::Timestamp || kind == TypeKind::TimestampTz) {
    return parsed->ns == 0 ? std::optional<Value>(parsed->us) : std::nullopt;
  }
  const __int128 nanoseconds = static_cast<__int128>(parsed->us) * 1000 + parsed->ns;
  const auto narrow = static_cast<std::int64_t>(nanoseconds);
  return narrow == nanoseconds ? std::optional<Value>(narrow) : std::nullopt;
}

std::optional<Value> as_value(std::optional<std::int64_t> integer) {
  return integer ? std::optional<Value>(*integer) : std::nullopt;
}

std::optional<Value> as_value(const std::optional<Uuid>& uuid) {
  return uuid ? std::optional<Value>(std::string(uuid->begin(), uuid->end())) : std::nullopt;
}

std::optional<Value> parse_of_type(const std::string& text, const Type& type) {
  switch (type.kind()) {
    case TypeKind::Boolean:
      if (lower(text) == "true") return Value(true);
      if (lower(text) == "false") return Value(false);
      return std::nullopt;
    case TypeKind::Float:
    case TypeKind::Double:
      return parse_number(text, type);
    case TypeKind::Decimal:
      return parse_decimal(text, type);
    case TypeKind::String:
      return Value(text);
    case TypeKind::Binary:
      return parse_hex(text, 0);
    case TypeKind::Fixed:
      return parse_hex(text, static_cast<std::size_t>(type.length()));
    case TypeKind::Uuid:
      return as_value(parse_uuid(text));
    case TypeKind::Date:
      return as_value(parse_date(text));
    case TypeKind::Time:
      return as_value(parse_time(text));
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
    case TypeKind::TimestampNs:
    case TypeKind::TimestampNsTz:
      return parse_point_in_time(text, type.kind());
    default:
      return type.integral() ? parse_integer(text, type) : std::nullopt;
  }
}

}  // namespace

Value parse_value(const std::string& text, const Type& type) {
  if (std::optional<Value> value = parse_of_type(text, type)) return *std::move(value);
  constexpr std::size_t kMostShown = 60;
  const std::string shown = text.size() > kMostShown ? text.substr(0, kMostShown) + "..." : text;
  throw Error(ErrorCode::InvalidArgument, "not a value of type " + to_string(type) + ": '" + shown + "'");
}

}  // namespace lakelet
