// Values as text: what people read. The other direction is value_parse.cc.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/time.h"
#include "lakelet/error.h"
#include "lakelet/schema.h"

namespace lakelet {
namespace {

std::string integer_text(unsigned __int128 magnitude) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(magnitude % 10)));
    magnitude /= 10;
  } while (magnitude != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::string decimal_text(__int128 unscaled, int scale) {
  const bool negative = unscaled < 0;
  // The magnitude of the smallest __int128 fits only an unsigned one.
  const auto magnitude =
      negative ? -static_cast<unsigned __int128>(unscaled) : static_cast<unsigned __int128>(unscaled);
  const std::string digits = integer_text(magnitude);
  const char* sign = negative ? "-" : "";
  if (scale == 0) return fmt::format("{}{}", sign, digits);
  const std::size_t fraction = static_cast<std::size_t>(scale);
  const std::string padded = std::string(digits.size() > fraction ? 0 : fraction + 1 - digits.size(), '0') + digits;
  const std::string_view shown = padded;
  return fmt::format("{}{}.{}", sign, shown.substr(0, shown.size() - fraction), shown.substr(shown.size() - fraction));
}

template <typename T>
std::string number_text(T number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  std::string text = fmt::format("{}", number);  // the shortest that reads back as the same number
  const bool looks_integral = text.find_first_not_of("-0123456789") == std::string::npos;
  return looks_integral ? text + ".0" : text;
}

std::string hex_text(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::string uuid_text(const std::string& bytes) {
  const std::string text = hex_text(bytes);
  if (text.size() != 32) return text;
  const std::string_view digits = text;
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
                     digits.substr(16, 4), digits.substr(20));
}

}  // namespace

std::string to_text(const Value& value, const Type& type) {
  if (value.is_null()) return "NULL";
  switch (type.kind()) {
    case TypeKind::Boolean:
      return value.boolean() ? "true" : "false";
    case TypeKind::Float:
      return number_text(static_cast<float>(value.number()));
    case TypeKind::Double:
      return number_text(value.number());
    case TypeKind::Decimal:
      return decimal_text(value.decimal().unscaled, type.scale());
    case TypeKind::String:
      return value.bytes();
    case TypeKind::Binary:
    case TypeKind::Fixed:
      return hex_text(value.bytes());
    case TypeKind::Uuid:
      return uuid_text(value.bytes());
    case TypeKind::Date:
      return format_date(value.integer());
    case TypeKind::Time:
      return format_time(value.integer());
    case TypeKind::Timestamp:
      return format_timestamp(value.integer());
    case TypeKind::TimestampTz:
      return format_timestamp(value.integer()) + "+00";
    case TypeKind::TimestampNs:
      return format_timestamp_ns(value.integer());
    case TypeKind::TimestampNsTz:
      return format_timestamp_ns(value.integer()) + "+00";
    default:
      if (type.integral()) return std::to_string(value.integer());
      throw Error(ErrorCode::Internal, "a value of type " + to_string(type) + " has no text");
  }
}

}  // namespace lakelet
