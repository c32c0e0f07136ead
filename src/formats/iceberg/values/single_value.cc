#include "formats/iceberg/values/single_value.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "base/time.h"
#include "table/partition_value.h"

namespace lakelet::iceberg {

namespace {

static_assert(std::endian::native == std::endian::little);

template <typename T>
std::optional<T> fixed_width(std::string_view bytes) {
  if (bytes.size() != sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

template <typename T>
std::string bytes_of(T value) {
  std::string out(sizeof value, '\0');
  std::memcpy(out.data(), &value, sizeof value);
  return out;
}

std::optional<Value> number(std::optional<double> value) {
  if (!value || std::isnan(*value)) return std::nullopt;
  return Value(*value);
}

std::optional<Value> integer(std::string_view bytes) {
  if (const auto narrow = fixed_width<std::int32_t>(bytes)) return Value(std::int64_t{*narrow});
  if (const auto wide = fixed_width<std::int64_t>(bytes)) return Value(*wide);
  return std::nullopt;
}

// A date of four bytes becomes the moment at which it begins.
std::optional<Value> moment(std::string_view bytes, std::int64_t units_per_day) {
  if (const auto days = fixed_width<std::int32_t>(bytes)) {
    const __int128 value = static_cast<__int128>(*days) * units_per_day;
    if (value != static_cast<std::int64_t>(value)) return std::nullopt;
    return Value(static_cast<std::int64_t>(value));
  }
  const auto wide = fixed_width<std::int64_t>(bytes);
  return wide ? std::optional<Value>(*wide) : std::nullopt;
}

}  // namespace

std::optional<Decimal> read_decimal(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > 16) return std::nullopt;
  auto value = static_cast<unsigned __int128>(static_cast<signed char>(bytes[0]) < 0 ? -1 : 0);
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return Decimal{static_cast<__int128>(value)};
}

std::string write_decimal(Decimal value) {
  return lakelet::decimal_bytes(value);
}

std::optional<Value> read_bound(std::string_view bytes, const Type& type) {
  switch (type.kind()) {
    case TypeKind::Boolean:
      return bytes.size() == 1 ? std::optional<Value>(bytes[0] != 0) : std::nullopt;
    case TypeKind::Int32:
    case TypeKind::Date: {
      const auto narrow = fixed_width<std::int32_t>(bytes);
      return narrow ? std::optional<Value>(std::int64_t{*narrow}) : std::nullopt;
    }
    case TypeKind::Int64:
    case TypeKind::Time:
      return integer(bytes);
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return moment(bytes, kMicrosPerDay);
    case TypeKind::TimestampNs:
    case TypeKind::TimestampNsTz:
      return moment(bytes, kMicrosPerDay * 1000);
    case TypeKind::Float:
      return number(fixed_width<float>(bytes));
    case TypeKind::Double:
      return bytes.size() == sizeof(float) ? number(fixed_width<float>(bytes)) : number(fixed_width<double>(bytes));
    case TypeKind::Decimal: {
      const auto decimal = read_decimal(bytes);
      return decimal ? std::optional<Value>(*decimal) : std::nullopt;
    }
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Fixed:
      return Value(std::string(bytes));
    default:
      return std::nullopt;  // a UUID's bounds were written in two orders
  }
}

std::string write_bound(const Value& value, const Type& type) {
  switch (type.kind()) {
    case TypeKind::Boolean:
      return std::string(1, value.boolean() ? '\x01' : '\0');
    case TypeKind::Int32:
    case TypeKind::Date:
      return bytes_of(static_cast<std::int32_t>(value.integer()));
    case TypeKind::Float:
      return bytes_of(static_cast<float>(value.number()));
    case TypeKind::Double:
      return bytes_of(value.number());
    case TypeKind::Decimal:
      return write_decimal(value.decimal());
    case TypeKind::String:
    case TypeKind::Binary:
    case TypeKind::Fixed:
    case TypeKind::Uuid:
      return value.bytes();
    default:
      return bytes_of(value.integer());
  }
}

namespace {

std::string write_signed_zero(const Value& value, const Type& type, double zero) {
  const double* number = std::get_if<double>(&value.storage());
  return write_bound(number && *number == 0 ? Value(zero) : value, type);
}

// Where the character after so many begins; the text's end where it has no more.
std::size_t end_of_characters(const std::string& text, std::size_t length) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && length-- == 0) break;
  }
  return at;
}

// The code point of a well-formed character.
std::uint32_t code_point(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first;
  std::uint32_t point = first & (0xFFu >> (character.size() + 1));
  for (std::size_t i = 1; i < character.size(); ++i) {
    point = point << 6 | (static_cast<unsigned char>(character[i]) & 0x3Fu);
  }
  return point;
}

std::string character_of(std::uint32_t point) {
  std::string out;
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | point >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
  return out;
}

}  // namespace

std::string write_lower_bound(const Value& value, const Type& type) {
  return write_signed_zero(value, type, -0.0);
}

std::string write_upper_bound(const Value& value, const Type& type) {
  return write_signed_zero(value, type, 0.0);
}

std::optional<std::string> cut_lower(const std::string& value, std::size_t length, const Type& type) {
  return type.kind() == TypeKind::String ? value.substr(0, end_of_characters(value, length)) : value.substr(0, length);
}

std::optional<std::string> cut_upper(const std::string& value, std::size_t length, const Type& type) {
  constexpr std::uint32_t kLastPoint = 0x10FFFF, kFirstSurrogate = 0xD800, kAfterSurrogates = 0xE000;
  std::string cut = *cut_lower(value, length, type);
  if (cut.size() == value.size()) return cut;
  if (type.kind() != TypeKind::String) {
    while (!cut.empty() && static_cast<unsigned char>(cut.back()) == 0xFF) cut.pop_back();
    if (cut.empty()) return std::nullopt;
    cut.back() = static_cast<char>(static_cast<unsigned char>(cut.back()) + 1);
    return cut;
  }
  // The last character that has a next one takes its place.
  while (!cut.empty()) {
    std::size_t begin = cut.size() - 1;
    while (begin > 0 && (static_cast<unsigned char>(cut[begin]) & 0xC0) == 0x80) --begin;
    std::uint32_t next = code_point(std::string_view(cut).substr(begin)) + 1;
    cut.resize(begin);
    if (next == kFirstSurrogate) next = kAfterSurrogates;
    if (next <= kLastPoint) return cut + character_of(next);
  }
  return std::nullopt;
}

}  // namespace lakelet::iceberg
