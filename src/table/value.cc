#include "lakelet/value.h"

#include <cmath>

#include "lakelet/error.h"

namespace lakelet {
namespace {

template <typename T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int compare_numbers(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return three_way(std::isnan(a), std::isnan(b));
  return three_way(a, b);
}

// char may be signed, std::string's own order isn't: char_traits<char> compares as unsigned char.
int compare_bytes(const std::string& a, const std::string& b) {
  const int order = a.compare(b);
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

}  // namespace

bool operator==(const Value& a, const Value& b) {
  if (a.storage_.index() != b.storage_.index()) return false;
  if (const double* number = std::get_if<double>(&a.storage_)) return compare_numbers(*number, b.number()) == 0;
  return a.storage_ == b.storage_;
}

int compare_values(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) throw Error(ErrorCode::Internal, "compared a null value");
  if (a.storage().index() != b.storage().index()) {
    throw Error(ErrorCode::Internal, "compared two values of different kinds");
  }
  if (const bool* boolean = std::get_if<bool>(&a.storage())) return three_way(*boolean, b.boolean());
  if (const std::int64_t* integer = std::get_if<std::int64_t>(&a.storage())) return three_way(*integer, b.integer());
  if (const double* number = std::get_if<double>(&a.storage())) return compare_numbers(*number, b.number());
  if (const Decimal* decimal = std::get_if<Decimal>(&a.storage())) {
    return three_way(decimal->unscaled, b.decimal().unscaled);
  }
  return compare_bytes(a.bytes(), b.bytes());
}

}  // namespace lakelet
