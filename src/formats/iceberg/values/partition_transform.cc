#include "formats/iceberg/values/partition_transform.h"

#include <limits>

#include "base/time.h"
#include "formats/iceberg/values/single_value.h"

namespace lakelet::iceberg {

namespace {

using Wide = __int128;

std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0);
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

std::optional<Value> narrowed(Wide value) {
  if (value != static_cast<std::int64_t>(value)) return std::nullopt;
  return Value(static_cast<std::int64_t>(value));
}

// The day on which a year, month or day of partition values begins; nullopt for one that no calendar has.
std::optional<std::int64_t> first_day(Transform transform, std::int64_t value) {
  constexpr std::int64_t kMost = 4'000'000'000;
  if (value > kMost || value < -kMost) return std::nullopt;
  switch (transform) {
    case Transform::Day:
      return value;
    case Transform::Month:
      return days_from_civil(
          {1970 + floor_divide(value, 12), static_cast<int>(value - floor_divide(value, 12) * 12) + 1, 1});
    default:
      return days_from_civil({1970 + value, 1, 1});
  }
}

// The first moment of the partition value, in the units of the source column.
std::optional<Value> first_moment(Transform transform, std::int64_t value, const Type& source) {
  const std::int64_t second = units_per_second(source);
  if (transform == Transform::Hour) {
    return second == 0 ? std::nullopt : narrowed(static_cast<Wide>(value) * second * 3600);
  }
  const auto day = first_day(transform, value);
  if (!day) return std::nullopt;
  return second == 0 ? Value(*day) : narrowed(static_cast<Wide>(*day) * second * 86'400);
}

SourceRange time_range(Transform transform, const std::optional<Value>& lower, const std::optional<Value>& upper,
                       const Type& source) {
  SourceRange range;
  if (units_per_second(source) == 0 && source.kind() != TypeKind::Date) return range;
  // Old writers rounded times before 1970 towards it (as the reference implementation allows for).
  if (lower) {
    const std::int64_t from = lower->integer();
    range.min = first_moment(transform, from <= 0 && from > INT32_MIN ? from - 1 : from, source);
  }
  if (upper && upper->integer() < INT32_MAX) {
    if (const auto end = first_moment(transform, upper->integer() + 1, source)) range.max = Value(end->integer() - 1);
  }
  return range;
}

// The least text after all that begin so; nullopt: there is none.
std::optional<Value> after_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (prefix.empty()) return std::nullopt;
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return Value(std::move(prefix));
}

SourceRange truncated_range(int width, const std::optional<Value>& lower, const std::optional<Value>& upper,
                            const Type& source) {
  SourceRange range;
  range.min = lower;
  if (!upper) return range;
  switch (source.kind()) {
    case TypeKind::Int32:
    case TypeKind::Int64:
      range.max = narrowed(static_cast<Wide>(upper->integer()) + width - 1);
      break;
    case TypeKind::Decimal:
      range.max = Value(Decimal{upper->decimal().unscaled + width - 1});
      break;
    case TypeKind::String:
    case TypeKind::Binary:
      range.max = after_prefix(upper->bytes());
      break;
    default:
      range.min.reset();
  }
  return range;
}

}  // namespace

bool takes(Transform transform, const Type& source) {
  const TypeKind kind = source.kind();
  const bool moment = units_per_second(source) > 0;
  switch (transform) {
    case Transform::Identity:
    case Transform::Void:
      return true;
    case Transform::Year:
    case Transform::Month:
    case Transform::Day:
      return moment || kind == TypeKind::Date;
    case Transform::Hour:
      return moment;
    case Transform::Truncate:
      return kind == TypeKind::Int32 || kind == TypeKind::Int64 || kind == TypeKind::Decimal ||
             kind == TypeKind::String || kind == TypeKind::Binary;
    case Transform::Bucket:
      return moment || kind == TypeKind::Int32 || kind == TypeKind::Int64 || kind == TypeKind::Decimal ||
             kind == TypeKind::Date || kind == TypeKind::Time || kind == TypeKind::String || kind == TypeKind::Uuid ||
             kind == TypeKind::Fixed || kind == TypeKind::Binary;
    default:
      return false;
  }
}

Type transform_type(Transform transform, const Type& source) {
  switch (transform) {
    case Transform::Identity:
    case Transform::Truncate:
      return source;
    case Transform::Void:
    case Transform::Unknown:
      return Type(TypeKind::Null);
    default:
      return Type(TypeKind::Int32);
  }
}

SourceRange source_range(Transform transform, int argument, const std::optional<Value>& lower,
                         const std::optional<Value>& upper, const Type& source) {
  switch (transform) {
    case Transform::Identity:
      return {lower, upper};
    case Transform::Truncate:
      return truncated_range(argument, lower, upper, source);
    case Transform::Year:
    case Transform::Month:
    case Transform::Day:
    case Transform::Hour:
      return time_range(transform, lower, upper, source);
    default:
      return {};
  }
}

}  // namespace lakelet::iceberg
