#include "formats/delta/statistics/statistics_reader.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/time.h"
#include "formats/delta/statistics/statistics_bound.h"

namespace lakelet::delta {
namespace {

FileStatistics read(const std::string& schema, const std::vector<ColumnPath>& paths, const std::string& json) {
  std::vector<StatisticsReader::Column> columns;
  const Schema parsed = parse_schema(schema);
  for (const ColumnPath& path : paths) columns.push_back(statistics_column(parsed, path).value());
  return StatisticsReader(std::move(columns)).read(json);
}

TEST(StatisticsReader, OnlyTheColumnsAskedFor) {
  const auto result = read("a int, b struct<c: bigint, d: string>, e date", {{"b", "c"}, {"e"}},
                           R"({"numRecords":3,"minValues":{"a":1,"b":{"c":-5,"d":"x"},"e":"2020-01-02"},)"
                           R"("maxValues":{"a":9,"b":{"c":7,"d":"y"},"e":"2021-01-02"},)"
                           R"("nullCount":{"a":0,"b":{"c":1,"d":0},"e":3}})");
  EXPECT_EQ(result.rows, 3);
  ASSERT_EQ(result.columns.size(), 2u);
  EXPECT_EQ(result.columns[0].min, Value(-5));
  EXPECT_EQ(result.columns[0].max, Value(7));
  EXPECT_EQ(result.columns[0].null_count, 1);
  EXPECT_EQ(result.columns[1].min, Value(days_from_civil({2020, 1, 2})));
  EXPECT_EQ(result.columns[1].null_count, 3);
}

TEST(StatisticsReader, WithWideBoundsAPartialNullCountTellsNothing) {
  const auto result = read("a int, b int, c int", {{"a"}, {"b"}, {"c"}},
                           R"({"numRecords":5,"tightBounds":false,"nullCount":{"a":0,"b":5,"c":2}})");
  EXPECT_EQ(result.columns[0].null_count, 0);
  EXPECT_EQ(result.columns[1].null_count, 5);
  EXPECT_EQ(result.columns[2].null_count, std::nullopt);
}

TEST(StatisticsReader, DamagedTextTellsNothing) {
  for (const char* text : {"", "{", "[]", "null", R"({"numRecords":"x"})", R"({"numRecords":1,"minValues":{"a":1)",
                           R"({"minValues":7})"}) {
    const auto result = read("a int", {{"a"}}, text);
    EXPECT_FALSE(result.rows) << text;
    EXPECT_FALSE(result.columns[0].min) << text;
  }
  const auto negative = read("a int", {{"a"}}, R"({"numRecords":-1,"nullCount":{"a":-1}})");
  EXPECT_FALSE(negative.rows || negative.columns[0].null_count);
  EXPECT_FALSE(read("a int", {{"a"}}, R"({"numRecords":1,"minValues":{"a":"x"},"maxValues":{"a":{}}})").columns[0].min);
}

TEST(StatisticsReader, ColumnsWithoutBounds) {
  const Schema schema = parse_schema("a list<int>, m map<string, int>, s struct<x: int>, n int");
  EXPECT_FALSE(statistics_column(schema, {"a"}));
  EXPECT_FALSE(statistics_column(schema, {"s"}));
  EXPECT_FALSE(statistics_column(schema, {"s", "y"}));
  EXPECT_TRUE(statistics_column(schema, {"S", "X"}));
  EXPECT_EQ(statistics_columns(schema).size(), 2u);
}

Value bound(std::string_view token, const Type& type, Bound which, bool quoted = false, bool widened = false) {
  return read_bound(token, quoted, type, which, widened).value_or(Value());
}

TEST(StatisticsBound, TimestampsWereCutToTheMillisecond) {
  EXPECT_EQ(bound("1970-01-01T00:00:00.001Z", TypeKind::TimestampTz, Bound::Min, true), Value(1000));
  EXPECT_EQ(bound("1970-01-01T00:00:00.001Z", TypeKind::TimestampTz, Bound::Max, true), Value(1999));
  EXPECT_EQ(bound("1970-01-01T00:00:00.001001Z", TypeKind::TimestampTz, Bound::Max, true), Value(1001));
  EXPECT_EQ(bound("1970-01-01T01:00:00.000+01:00", TypeKind::TimestampTz, Bound::Min, true), Value(0));
  EXPECT_TRUE(bound("1970-01-01T00:00:00.000", TypeKind::TimestampTz, Bound::Min, true).is_null());
  EXPECT_EQ(bound("1970-01-01T00:00:00.000", TypeKind::Timestamp, Bound::Min, true), Value(0));
}

TEST(StatisticsBound, LongStringsMayHaveBeenCut) {
  const std::string cut(32, 'x');
  EXPECT_EQ(bound(cut, TypeKind::String, Bound::Min, true), Value(cut));
  EXPECT_LT(compare_values(Value(cut + "zzz"), bound(cut, TypeKind::String, Bound::Max, true)), 0);
  EXPECT_EQ(bound("abc", TypeKind::String, Bound::Max, true), Value("abc"));
}

TEST(StatisticsBound, DecimalsAreExactOrWider) {
  EXPECT_EQ(bound("12.5", Type::decimal(10, 2), Bound::Min), Value(Decimal{1250}));
  EXPECT_EQ(bound("-1.25E+2", Type::decimal(10, 2), Bound::Min), Value(Decimal{-12500}));
  EXPECT_EQ(bound("7", Type::decimal(10, 2), Bound::Max), Value(Decimal{700}));
  EXPECT_TRUE(bound("1.005", Type::decimal(10, 2), Bound::Min).is_null());
  // 0.1 as a double is less than this value; a writer that goes through doubles writes 0.1.
  EXPECT_GE(compare_values(bound("0.1", Type::decimal(30, 20), Bound::Max), Value(Decimal{10000000000000000001ull})),
            0);
  EXPECT_TRUE(bound("99999999999999999999999999999999999999999", Type::decimal(38, 0), Bound::Max).is_null());
}

TEST(StatisticsBound, FloatsThatWerePrintedShort) {
  EXPECT_EQ(bound("0.1", TypeKind::Float, Bound::Max), Value(static_cast<double>(0.1f)));
  EXPECT_EQ(bound("0.1", TypeKind::Double, Bound::Max), Value(0.1));
  // A float column that is a double now: 0.1 stood for 0.10000000149.
  EXPECT_EQ(bound("0.1", TypeKind::Double, Bound::Max, false, true), Value(static_cast<double>(0.1f)));
  EXPECT_EQ(bound("0.1", TypeKind::Double, Bound::Min, false, true), Value(0.1));
  EXPECT_TRUE(bound("NaN", TypeKind::Double, Bound::Max, true).is_null());
  EXPECT_TRUE(std::isinf(bound("-Infinity", TypeKind::Double, Bound::Min, true).number()));
}

}  // namespace
}  // namespace lakelet::delta
