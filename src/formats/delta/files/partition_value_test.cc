#include "formats/delta/files/partition_value.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

// What we write, we read back as the same value.
void expect_both_ways(const Value& value, const Type& type, const std::string& text) {
  EXPECT_EQ(write_partition_value(value, type), text);
  EXPECT_EQ(read_partition_value(text, type), value) << text;
}

TEST(PartitionValue, TextOfEachType) {
  expect_both_ways("a b", TypeKind::String, "a b");
  expect_both_ways(true, TypeKind::Boolean, "true");
  expect_both_ways(false, TypeKind::Boolean, "false");
  expect_both_ways(-128, TypeKind::Int8, "-128");
  expect_both_ways(std::int64_t{9223372036854775807}, TypeKind::Int64, "9223372036854775807");
  expect_both_ways(1.5, TypeKind::Double, "1.5");
  expect_both_ways(2.0, TypeKind::Double, "2.0");
  expect_both_ways(static_cast<double>(0.1f), TypeKind::Float, "0.1");
  expect_both_ways(Decimal{-9999999999}, Type::decimal(10, 3), "-9999999.999");
  expect_both_ways(Decimal{1500}, Type::decimal(10, 3), "1.500");
  expect_both_ways(0, TypeKind::Date, "1970-01-01");
  expect_both_ways(std::int64_t{123456}, TypeKind::TimestampTz, "1970-01-01T00:00:00.123456Z");
  expect_both_ways(std::int64_t{-876544}, TypeKind::TimestampTz, "1969-12-31T23:59:59.123456Z");
  expect_both_ways(std::int64_t{1000000}, TypeKind::Timestamp, "1970-01-01 00:00:01");
  expect_both_ways(std::string("\x01"
                               "A"),
                   TypeKind::Binary,
                   "\x01"
                   "A");
}

TEST(PartitionValue, NullIsAbsentOrEmpty) {
  EXPECT_TRUE(read_partition_value(std::nullopt, TypeKind::String).is_null());
  EXPECT_TRUE(read_partition_value("", TypeKind::String).is_null());
  EXPECT_TRUE(read_partition_value("", TypeKind::Int32).is_null());
  EXPECT_EQ(write_partition_value(Value(), TypeKind::Int32), std::nullopt);
  EXPECT_EQ(write_partition_value("", TypeKind::String), std::nullopt);
}

TEST(PartitionValue, OtherWritersSpellings) {
  EXPECT_EQ(read_partition_value("2021-06-22 09:15:00", TypeKind::TimestampTz).integer(), 1624353300000000);
  EXPECT_EQ(read_partition_value("2021-06-22 09:15:00.5", TypeKind::Timestamp).integer(), 1624353300500000);
  EXPECT_EQ(read_partition_value("2021-06-22T11:15:00+02:00", TypeKind::TimestampTz).integer(), 1624353300000000);
  EXPECT_TRUE(std::isnan(read_partition_value("NaN", TypeKind::Double).number()));
  EXPECT_TRUE(std::isinf(read_partition_value("-Infinity", TypeKind::Float).number()));
  EXPECT_EQ(read_partition_value("1.0E10", TypeKind::Double).number(), 1e10);
  EXPECT_EQ(write_partition_value(std::nan(""), TypeKind::Double), "NaN");
}

TEST(PartitionValue, RefusesWhatIsNoValueOfTheType) {
  EXPECT_THROW(read_partition_value("abc", TypeKind::Int32), Error);
  EXPECT_THROW(read_partition_value("128", TypeKind::Int8), Error);
  EXPECT_THROW(read_partition_value("2021-13-01", TypeKind::Date), Error);
  EXPECT_THROW(read_partition_value("yes", TypeKind::Boolean), Error);
  EXPECT_THROW(read_partition_value("1.23456", Type::decimal(4, 2)), Error);
  EXPECT_THROW(write_partition_value(std::string("\xff"), TypeKind::Binary), Error);
}

}  // namespace
}  // namespace lakelet::delta
