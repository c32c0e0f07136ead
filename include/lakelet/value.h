// A single typed value: a partition value, a bound of a column, a literal of a predicate, a default.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace lakelet {

class Type;

// A decimal's unscaled two's complement value; its precision and scale are those of the Type beside it.
struct Decimal {
  __int128 unscaled = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

// What a Value holds for each type:
//   null                                          std::monostate
//   Boolean                                       bool
//   Int8..Int64, Date (days since 1970-01-01), Time and Timestamp* (units of the type since midnight / the epoch in
//   UTC)
//                                                 std::int64_t
//   Float, Double                                 double
//   Decimal                                       Decimal
//   String (UTF-8), Binary, Fixed, Uuid (16 bytes) std::string
// Nested types have no Value. A Value doesn't know its Type: whoever holds one holds the other.
class Value {
 public:
  using Storage = std::variant<std::monostate, bool, std::int64_t, double, Decimal, std::string>;

  Value() = default;
  Value(bool v) : storage_(v) {}
  Value(int v) : storage_(static_cast<std::int64_t>(v)) {}
  Value(std::int64_t v) : storage_(v) {}
  Value(double v) : storage_(v) {}
  Value(Decimal v) : storage_(v) {}
  Value(std::string v) : storage_(std::move(v)) {}
  Value(const char* v) : storage_(std::string(v)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(storage_); }
  bool boolean() const { return std::get<bool>(storage_); }
  std::int64_t integer() const { return std::get<std::int64_t>(storage_); }
  double number() const { return std::get<double>(storage_); }
  Decimal decimal() const { return std::get<Decimal>(storage_); }
  const std::string& bytes() const { return std::get<std::string>(storage_); }
  const Storage& storage() const { return storage_; }

  // Same alternative and same value; NaN equals NaN. Null equals null.
  friend bool operator==(const Value& a, const Value& b);

 private:
  Storage storage_;
};

// Total order of two non-null values of one primitive type: -1, 0 or 1. Strings and binary by unsigned bytes,
// NaN after every other number, -0.0 equal to 0.0. Throws Error(Internal) if either is null or they differ in kind.
int compare_values(const Value& a, const Value& b);

// As a person reads it and SQL casts it: "2025-01-31", "2025-01-31 12:00:00.5", "1.50", hex for binary, "NULL" for
// null.
std::string to_text(const Value& value, const Type& type);

// The inverse of to_text for text that came from outside. Throws Error(InvalidArgument) if it isn't of that type.
Value parse_value(const std::string& text, const Type& type);

}  // namespace lakelet
