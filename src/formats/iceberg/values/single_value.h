// Single values as bytes (spec.md, "Appendix D: Single-value serialization").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lakelet/schema.h"

namespace lakelet::iceberg {

// The value of a bound of a column of today's type, which may have been promoted since it was written: a `long` may
// have the four bytes of an int. nullopt for bytes that aren't of the type, for NaN, and for types without an order.
std::optional<Value> read_bound(std::string_view bytes, const Type& type);

// The inverse. The value must be of the type, and not null.
std::string write_bound(const Value& value, const Type& type);
// The same for the lower and the upper end of a range: -0.0 comes before 0.0 (spec.md, "Data File Fields", note 2).
std::string write_lower_bound(const Value& value, const Type& type);
std::string write_upper_bound(const Value& value, const Type& type);

// Text of at most `length` characters (bytes, of Binary) that is not above, or not below, any that begins like the
// value; nullopt: there is none.
std::optional<std::string> cut_lower(const std::string& value, std::size_t length, const Type& type);
std::optional<std::string> cut_upper(const std::string& value, std::size_t length, const Type& type);

// Two's complement, big-endian, of at most 16 bytes; nullopt for others.
std::optional<Decimal> read_decimal(std::string_view bytes);
// With as few bytes as hold it.
std::string write_decimal(Decimal value);

}  // namespace lakelet::iceberg
