#include "formats/iceberg/values/partition_transform.h"

#include <gtest/gtest.h>

#include <random>

#include "base/time.h"
#include "formats/iceberg/values/single_value.h"

namespace lakelet::iceberg {
namespace {

std::int64_t bucket(const Value& value, const Type& type) {
  return apply_transform(Transform::Bucket, 1'000'000'007, value, type)->integer();
}
std::int64_t masked(std::int32_t hash) {
  return (hash & 0x7FFFFFFF) % 1'000'000'007;
}

// spec.md, "Appendix B: 32-bit Hash Requirements".
TEST(PartitionTransform, BucketsHashAsTheSpecificationSays) {
  EXPECT_EQ(bucket(Value(34), Type(TypeKind::Int32)), masked(2017239379));
  EXPECT_EQ(bucket(Value(34), Type(TypeKind::Int64)), masked(2017239379));
  EXPECT_EQ(bucket(Value(Decimal{1420}), Type::decimal(4, 2)), masked(-500754589));
  EXPECT_EQ(bucket(parse_value("2017-11-16", Type(TypeKind::Date)), Type(TypeKind::Date)), masked(-653330422));
  EXPECT_EQ(bucket(parse_value("22:31:08", Type(TypeKind::Time)), Type(TypeKind::Time)), masked(-662762989));
  for (const TypeKind kind : {TypeKind::Timestamp, TypeKind::TimestampNs, TypeKind::TimestampTz}) {
    EXPECT_EQ(bucket(parse_value("2017-11-16T22:31:08", Type(kind)), Type(kind)), masked(-2047944441));
  }
  EXPECT_EQ(
      bucket(parse_value("2017-11-16T22:31:08.000001001", Type(TypeKind::TimestampNs)), Type(TypeKind::TimestampNs)),
      masked(-1207196810));
  EXPECT_EQ(bucket(Value("iceberg"), Type(TypeKind::String)), masked(1210000089));
  const Type uuid(TypeKind::Uuid);
  EXPECT_EQ(bucket(parse_value("f79c3e09-677c-4bbd-a479-3f349cb785e7", uuid), uuid), masked(1488055340));
  EXPECT_EQ(bucket(Value(std::string("\x00\x01\x02\x03", 4)), Type(TypeKind::Binary)), masked(-188683207));
}

TEST(PartitionTransform, Truncates) {
  const auto of = [](int width, const Value& value, const Type& type) {
    return *apply_transform(Transform::Truncate, width, value, type);
  };
  EXPECT_EQ(of(10, Value(1), Type(TypeKind::Int32)), Value(0));
  EXPECT_EQ(of(10, Value(-1), Type(TypeKind::Int32)), Value(-10));
  EXPECT_EQ(of(50, Value(Decimal{1065}), Type::decimal(4, 2)), Value(Decimal{1050}));
  EXPECT_EQ(of(3, Value("iceberg"), Type(TypeKind::String)), Value("ice"));
  EXPECT_EQ(of(2, Value("\xC3\xA9\xE2\x82\xAC!"), Type(TypeKind::String)), Value("\xC3\xA9\xE2\x82\xAC"));
  EXPECT_EQ(of(3, Value(std::string("\x01\x02\x03\x04", 4)), Type(TypeKind::Binary)),
            Value(std::string("\x01\x02\x03")));
}

TEST(PartitionTransform, TimesBefore1970RoundDown) {
  const Type type(TypeKind::Timestamp);
  const Value moment = parse_value("1969-12-31T23:30:00", type);
  EXPECT_EQ(*apply_transform(Transform::Hour, 0, moment, type), Value(-1));
  EXPECT_EQ(*apply_transform(Transform::Day, 0, moment, type), Value(-1));
  EXPECT_EQ(*apply_transform(Transform::Month, 0, moment, type), Value(-1));
  EXPECT_EQ(*apply_transform(Transform::Year, 0, moment, type), Value(-1));
  EXPECT_EQ(
      *apply_transform(Transform::Month, 0, parse_value("2017-11-16", Type(TypeKind::Date)), Type(TypeKind::Date)),
      Value(574));
}

// Whatever a value's partition is, the value lies in the range that is told of that partition.
TEST(PartitionTransform, ARangeHoldsEveryValueOfItsPartition) {
  std::mt19937_64 random(7);
  const Type types[] = {Type(TypeKind::Date),  Type(TypeKind::Timestamp), Type(TypeKind::TimestampNs),
                        Type(TypeKind::Int32), Type(TypeKind::Int64),     Type::decimal(18, 3),
                        Type(TypeKind::String)};
  const Transform transforms[] = {Transform::Identity, Transform::Year,     Transform::Month, Transform::Day,
                                  Transform::Hour,     Transform::Truncate, Transform::Bucket};
  for (int i = 0; i < 20'000; ++i) {
    const Type& type = types[random() % std::size(types)];
    const Transform transform = transforms[random() % std::size(transforms)];
    std::int64_t number = static_cast<std::int64_t>(random()) >> (random() % 60);
    if (type.kind() == TypeKind::Date || type.kind() == TypeKind::Int32) number = static_cast<std::int32_t>(number);
    Value value(number);
    if (type.kind() == TypeKind::Decimal) value = Value(Decimal{number % 1'000'000'000'000'000});
    if (type.kind() == TypeKind::String) value = Value(std::to_string(number) + "\xC3\xA9");
    const int argument = 1 + static_cast<int>(random() % 20);
    const auto partition = apply_transform(transform, argument, value, type);
    if (!partition) continue;
    const SourceRange range = source_range(transform, argument, *partition, *partition, type);
    if (range.min) {
      EXPECT_LE(compare_values(*range.min, value), 0) << to_text(value, type) << to_string(type);
    }
    if (range.max) {
      EXPECT_GE(compare_values(*range.max, value), 0) << to_text(value, type) << to_string(type);
    }
  }
}

TEST(SingleValue, BoundsOfPromotedTypes) {
  EXPECT_EQ(read_bound(std::string("\x01\0\0\0", 4), Type(TypeKind::Int64)), Value(1));
  EXPECT_EQ(read_bound(std::string("\x01\0\0\0", 4), Type(TypeKind::Timestamp)), Value(kMicrosPerDay));
  EXPECT_EQ(read_bound(write_bound(Value(1.5), Type(TypeKind::Float)), Type(TypeKind::Double)), Value(1.5));
  EXPECT_EQ(read_bound("abc", Type(TypeKind::Int32)), std::nullopt);
  EXPECT_EQ(read_bound("", Type(TypeKind::Int64)), std::nullopt);
}

TEST(SingleValue, DecimalsTakeAsFewBytesAsTheyNeed) {
  EXPECT_EQ(write_decimal({0}), std::string(1, '\0'));
  EXPECT_EQ(write_decimal({127}), "\x7f");
  EXPECT_EQ(write_decimal({128}), std::string("\x00\x80", 2));
  EXPECT_EQ(write_decimal({-128}), "\x80");
  EXPECT_EQ(write_decimal({-129}), "\xff\x7f");
  for (const __int128 number : {static_cast<__int128>(1) << 100, -(static_cast<__int128>(1) << 100)}) {
    EXPECT_EQ(read_decimal(write_decimal({number})), Decimal{number});
  }
  EXPECT_EQ(read_decimal(""), std::nullopt);
  EXPECT_EQ(read_decimal(std::string(17, '\1')), std::nullopt);
}

}  // namespace
}  // namespace lakelet::iceberg
