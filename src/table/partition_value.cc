#include "table/partition_value.h"

#include <cstring>
#include <limits>

#include "base/time.h"
#include "codec/murmur3/murmur3.h"

namespace lakelet {
namespace {

using Wide = __int128;

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0);
}

std::string eight_bytes(std::int64_t value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

// What is hashed (Iceberg spec, "Appendix B").
std::optional<std::string> hashed_bytes(const Value& value, const Type& type) {
  switch (type.kind()) {
    case TypeKind::Int32:
    case TypeKind::Int64:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return eight_bytes(value.integer());
    case TypeKind::TimestampNs:
    case TypeKind::TimestampNsTz:
      return eight_bytes(floor_divide(value.integer(), 1000));
    case TypeKind::Decimal:
      return decimal_bytes(value.decimal());
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Fixed:
    case TypeKind::Uuid:
      return value.bytes();
    default:
      return std::nullopt;
  }
}

// The units of a moment's type in a second; 0 for other types. Dates count in days.
std::int64_t units_per_second(const Type& type) {
  switch (type.kind()) {
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return kMicrosPerSecond;
    case TypeKind::TimestampNs:
    case TypeKind::TimestampNsTz:
      return kMicrosPerSecond * 1000;
    default:
      return 0;
  }
}

std::optional<Value> apply_time(Transform transform, const Value& value, const Type& source) {
  const std::int64_t second = units_per_second(source);
  if (second == 0 && (source.kind() != TypeKind::Date || transform == Transform::Hour)) return std::nullopt;
  if (transform == Transform::Hour) return Value(floor_divide(value.integer(), second * 3600));
  const std::int64_t day = second == 0 ? value.integer() : floor_divide(value.integer(), second * 86'400);
  if (transform == Transform::Day) return Value(day);
  const CivilDate date = civil_from_days(day);
  if (transform == Transform::Year) return Value(date.year - 1970);
  return Value((date.year - 1970) * 12 + date.month - 1);
}

// The first `length` characters of text in UTF-8.
std::string characters(const std::string& text, int length) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && length-- == 0) break;
  }
  return text.substr(0, at);
}

std::optional<Value> truncate(int width, const Value& value, const Type& source) {
  switch (source.kind()) {
    case TypeKind::Int32:
    case TypeKind::Int64: {
      const std::int64_t number = value.integer(), rest = ((number % width) + width) % width;
      if (number < std::numeric_limits<std::int64_t>::min() + rest) return std::nullopt;
      return Value(number - rest);
    }
    case TypeKind::Decimal: {
      const Wide number = value.decimal().unscaled;
      return Value(Decimal{number - ((number % width) + width) % width});
    }
    case TypeKind::String:
      return Value(characters(value.bytes(), width));
    case TypeKind::Binary:
      return Value(value.bytes().substr(0, static_cast<std::size_t>(width)));
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string decimal_bytes(Decimal value) {
  std::string out;
  __int128 rest = value.unscaled;
  do {
    out.insert(out.begin(), static_cast<char>(rest & 0xFF));
    rest >>= 8;
  } while (!(rest == 0 && static_cast<signed char>(out[0]) >= 0) &&
           !(rest == -1 && static_cast<signed char>(out[0]) < 0));
  return out;
}

std::optional<Value> apply_transform(Transform transform, int argument, const Value& value, const Type& source) {
  if (value.is_null() || transform == Transform::Void) return Value();
  switch (transform) {
    case Transform::Identity:
      return value;
    case Transform::Bucket: {
      const auto bytes = hashed_bytes(value, source);
      if (!bytes) return std::nullopt;
      return Value(std::int64_t{(codec::murmur3(*bytes) & 0x7FFFFFFFu) % static_cast<std::uint32_t>(argument)});
    }
    case Transform::Truncate:
      return truncate(argument, value, source);
    case Transform::Year:
    case Transform::Month:
    case Transform::Day:
    case Transform::Hour:
      return apply_time(transform, value, source);
    default:
      return std::nullopt;
  }
}

}  // namespace lakelet
