#include "engine/value_ranks.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <duckdb/function/create_sort_key.hpp>
#include <limits>
#include <string_view>
#include <type_traits>

#include "lakelet/error.h"

namespace lakelet::engine {
namespace {

using duckdb::PhysicalType;

// An unsigned number that compares as the value does.
template <typename T>
std::uint64_t ordered(T value) {
  if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
    const double number = value == 0 ? 0.0 : static_cast<double>(value);
    if (std::isnan(number)) return std::numeric_limits<std::uint64_t>::max();
    const auto bits = std::bit_cast<std::uint64_t>(number);
    return bits >> 63 ? ~bits : bits | (std::uint64_t{1} << 63);
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value)) ^ (std::uint64_t{1} << 63);
  } else {
    return static_cast<std::uint64_t>(value);
  }
}

// Calls visit(row, number) for those that aren't null, absent(row) for the others.
template <typename T, typename Visit, typename Absent>
void numbers_of(const duckdb::UnifiedVectorFormat& data, duckdb::idx_t count, Visit&& visit, Absent&& absent) {
  const auto* values = duckdb::UnifiedVectorFormat::GetData<T>(data);
  for (duckdb::idx_t row = 0; row < count; ++row) {
    const auto at = data.sel->get_index(row);
    data.validity.RowIsValid(at) ? visit(row, ordered<T>(values[at])) : absent(row);
  }
}

template <typename Visit, typename Absent>
void each_number(duckdb::Vector& values, duckdb::idx_t count, Visit&& visit, Absent&& absent) {
  duckdb::UnifiedVectorFormat data;
  values.ToUnifiedFormat(count, data);
  switch (values.GetType().InternalType()) {
    case PhysicalType::BOOL:
    case PhysicalType::UINT8:
      return numbers_of<std::uint8_t>(data, count, visit, absent);
    case PhysicalType::INT8:
      return numbers_of<std::int8_t>(data, count, visit, absent);
    case PhysicalType::INT16:
      return numbers_of<std::int16_t>(data, count, visit, absent);
    case PhysicalType::INT32:
      return numbers_of<std::int32_t>(data, count, visit, absent);
    case PhysicalType::INT64:
      return numbers_of<std::int64_t>(data, count, visit, absent);
    case PhysicalType::UINT16:
      return numbers_of<std::uint16_t>(data, count, visit, absent);
    case PhysicalType::UINT32:
      return numbers_of<std::uint32_t>(data, count, visit, absent);
    case PhysicalType::UINT64:
      return numbers_of<std::uint64_t>(data, count, visit, absent);
    case PhysicalType::FLOAT:
      return numbers_of<float>(data, count, visit, absent);
    case PhysicalType::DOUBLE:
      return numbers_of<double>(data, count, visit, absent);
    default:
      throw Error(ErrorCode::Internal, "no number: " + values.GetType().ToString());
  }
}

template <typename Visit, typename Absent>
void each_text(duckdb::Vector& values, duckdb::idx_t count, Visit&& visit, Absent&& absent) {
  duckdb::UnifiedVectorFormat data;
  values.ToUnifiedFormat(count, data);
  const auto* texts = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(data);
  for (duckdb::idx_t row = 0; row < count; ++row) {
    const auto at = data.sel->get_index(row);
    if (data.validity.RowIsValid(at)) {
      visit(row, std::string_view(texts[at].GetData(), texts[at].GetSize()));
    } else {
      absent(row);
    }
  }
}

// Of values that are neither: DuckDB's own sort keys, which are never null.
template <typename Visit, typename Absent>
void each_key(duckdb::Vector& values, duckdb::idx_t count, Visit&& visit, Absent&& absent) {
  duckdb::Vector keys(duckdb::LogicalType::BLOB, count);
  const duckdb::OrderModifiers order(duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_LAST);
  duckdb::CreateSortKeyHelpers::CreateSortKey(values, count, order, keys);
  each_text(keys, count, visit, absent);
}

ValueRanks::Kind kind_of(const duckdb::LogicalType& type, const std::string& column) {
  switch (type.InternalType()) {
    case PhysicalType::BOOL:
    case PhysicalType::UINT8:
    case PhysicalType::INT8:
    case PhysicalType::INT16:
    case PhysicalType::INT32:
    case PhysicalType::INT64:
    case PhysicalType::UINT16:
    case PhysicalType::UINT32:
    case PhysicalType::UINT64:
    case PhysicalType::FLOAT:
    case PhysicalType::DOUBLE:
      return ValueRanks::Kind::Number;
    case PhysicalType::VARCHAR:
      return ValueRanks::Kind::Text;
    case PhysicalType::INT128:
    case PhysicalType::UINT128:
      return ValueRanks::Kind::Key;
    default:
      throw Error(ErrorCode::InvalidArgument,
                  fmt::format("rows can't be placed by the column {}, whose type is {}", column, type.ToString()),
                  "name columns of plain values; of a struct, one of its fields");
  }
}

// Keeps the values at which ranges begin. NULLs count as ranges at the end.
template <typename T>
void keep_quantiles(std::vector<T>& learned, std::size_t nulls, int bits) {
  std::sort(learned.begin(), learned.end());
  const std::size_t all = learned.size() + nulls;
  const std::size_t ranges = std::size_t{1} << bits;
  std::vector<T> kept;
  for (std::size_t i = 1; i < ranges; ++i) {
    const std::size_t at = i * all / ranges;
    if (at >= learned.size()) break;
    kept.push_back(learned[at]);
  }
  learned = std::move(kept);
}

template <typename T, typename V>
std::uint32_t rank_of(const std::vector<T>& starts, const V& value) {
  return static_cast<std::uint32_t>(std::lower_bound(starts.begin(), starts.end(), value) - starts.begin());
}

// Without branches: what is looked for has no pattern that a processor could learn.
std::uint32_t rank_of_number(const std::vector<std::uint64_t>& starts, std::uint64_t value) {
  const std::uint64_t* base = starts.data();
  std::size_t length = starts.size();
  if (length == 0) return 0;
  while (length > 1) {
    const std::size_t half = length / 2;
    base += (base[half - 1] < value) * half;
    length -= half;
  }
  return static_cast<std::uint32_t>(base - starts.data() + (*base < value));
}

}  // namespace

ValueRanks::ValueRanks(const duckdb::LogicalType& type, int bits, const std::string& column)
    : type_(type), kind_(kind_of(type, column)), bits_(bits) {}

void ValueRanks::learn(duckdb::Vector& values, duckdb::idx_t count) {
  const auto absent = [&](duckdb::idx_t) { ++nulls_; };
  const auto text = [&](duckdb::idx_t, std::string_view value) { texts_.emplace_back(value); };
  switch (kind_) {
    case Kind::Number:
      return each_number(
          values, count, [&](duckdb::idx_t, std::uint64_t value) { numbers_.push_back(value); }, absent);
    case Kind::Text:
      return each_text(values, count, text, absent);
    case Kind::Key:
      return each_key(values, count, text, absent);
  }
}

void ValueRanks::settle() {
  keep_quantiles(numbers_, nulls_, bits_);
  keep_quantiles(texts_, nulls_, bits_);
}

void ValueRanks::rank(duckdb::Vector& values, duckdb::idx_t count, std::uint32_t* ranks) const {
  const std::uint32_t last = (std::uint32_t{1} << bits_) - 1;
  const auto absent = [&](duckdb::idx_t row) { ranks[row] = last; };
  const auto text = [&](duckdb::idx_t row, std::string_view value) { ranks[row] = rank_of(texts_, value); };
  switch (kind_) {
    case Kind::Number:
      return each_number(
          values, count, [&](duckdb::idx_t row, std::uint64_t value) { ranks[row] = rank_of_number(numbers_, value); },
          absent);
    case Kind::Text:
      return each_text(values, count, text, absent);
    case Kind::Key:
      return each_key(values, count, text, absent);
  }
}

}  // namespace lakelet::engine
