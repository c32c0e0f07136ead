#include "formats/delta/statistics/statistics_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "formats/delta/statistics/statistics_reader.h"

namespace lakelet::delta {
namespace {

std::string stats_of(const std::string& type, const Value& min, const Value& max, bool nan = false) {
  const Schema schema = parse_schema("x " + type);
  DataFile file;
  file.rows = 3;
  file.statistics[{"x"}] = {.null_count = 1, .min = min, .max = max, .has_nan = nan};
  return *write_statistics(file, schema, {{"x"}});
}

std::string bounds(const std::string& min, const std::string& max) {
  return "{\"numRecords\":3,\"minValues\":{\"x\":" + min + "},\"maxValues\":{\"x\":" + max +
         "},\"nullCount\":{\"x\":1}}";
}
const std::string kNoBounds = "{\"numRecords\":3,\"minValues\":{},\"maxValues\":{},\"nullCount\":{\"x\":1}}";

TEST(StatisticsWriter, WritesEachTypeAsReadersTakeIt) {
  EXPECT_EQ(stats_of("bigint", Value(-5), Value(9'007'199'254'740'993)), bounds("-5", "9007199254740993"));
  EXPECT_EQ(stats_of("boolean", Value(false), Value(true)), bounds("false", "true"));
  EXPECT_EQ(stats_of("double", Value(-0.5), Value(1e300)), bounds("-0.5", "1e+300"));
  EXPECT_EQ(stats_of("float", Value(double{0.1F}), Value(2.0)), bounds("0.10000000149011612", "2.0"));
  EXPECT_EQ(stats_of("decimal(5,2)", Value(Decimal{-150}), Value(Decimal{99999})), bounds("-1.50", "999.99"));
  EXPECT_EQ(stats_of("string", Value("a\"b"), Value("é")), bounds("\"a\\\"b\"", "\"é\""));
  EXPECT_EQ(stats_of("date", Value(0), Value(20000)), bounds("\"1970-01-01\"", "\"2024-10-04\""));
}

TEST(StatisticsWriter, TimestampsGoOutwardsToMilliseconds) {
  EXPECT_EQ(
      stats_of("timestamp", Value(std::int64_t{1'577'836'800'123'456}), Value(std::int64_t{1'577'836'800'999'001})),
      bounds("\"2020-01-01T00:00:00.123Z\"", "\"2020-01-01T00:00:01.000Z\""));
  EXPECT_EQ(stats_of("timestamp_ntz", Value(-1), Value(-1000)),
            bounds("\"1969-12-31T23:59:59.999\"", "\"1969-12-31T23:59:59.999\""));
  EXPECT_EQ(stats_of("timestamp", Value(std::numeric_limits<std::int64_t>::min()),
                     Value(std::numeric_limits<std::int64_t>::max())),
            kNoBounds);
}

TEST(StatisticsWriter, LeavesOutWhatNoReaderCanUse) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(stats_of("double", Value(1.0), Value(2.0), true), kNoBounds);
  EXPECT_EQ(stats_of("double", Value(-infinity), Value(infinity)), kNoBounds);
  EXPECT_EQ(stats_of("binary", Value("a"), Value("b")), kNoBounds);
  EXPECT_EQ(stats_of("string", Value(std::string("\xff")), Value(std::string("\xff\xff"))), kNoBounds);
  EXPECT_EQ(stats_of("int", Value(), Value()), kNoBounds);
}

TEST(StatisticsWriter, NothingWithoutARowCount) {
  DataFile file;
  EXPECT_EQ(write_statistics(file, parse_schema("x int"), {{"x"}}), std::nullopt);
}

TEST(StatisticsWriter, NoBoundsForAColumnOfNulls) {
  DataFile file;
  file.rows = 1;
  file.statistics[{"x"}] = {.null_count = 1, .min = Value(1), .max = Value(1), .has_nan = false};
  EXPECT_EQ(*write_statistics(file, parse_schema("x int"), {{"x"}}),
            "{\"numRecords\":1,\"minValues\":{},\"maxValues\":{},\"nullCount\":{\"x\":1}}");
}

TEST(StatisticsWriter, MirrorsStructsByNamesInFilesAndKeepsToTheColumnsAskedFor) {
  std::vector<Field> fields = parse_schema("s struct<a int, b struct<c string>>, t int, l array<int>").fields();
  fields[1].physical_name = "col-1";
  DataFile file;
  file.rows = 2;
  file.statistics[{"s", "a"}] = {.null_count = 0, .min = Value(1), .max = Value(2), .has_nan = false};
  file.statistics[{"s", "b", "c"}] = {.null_count = 2, .min = {}, .max = {}, .has_nan = false};
  file.statistics[{"t"}] = {.null_count = 0, .min = Value(7), .max = Value(7), .has_nan = false};
  file.statistics[{"l"}] = {.null_count = 1, .min = {}, .max = {}, .has_nan = false};
  EXPECT_EQ(*write_statistics(file, Schema(fields), {{"s", "a"}, {"s", "b", "c"}, {"t"}, {"l"}}),
            "{\"numRecords\":2,\"minValues\":{\"s\":{\"a\":1},\"col-1\":7},\"maxValues\":{\"s\":{\"a\":2},\"col-1\":7},"
            "\"nullCount\":{\"s\":{\"a\":0,\"b\":{\"c\":2}},\"col-1\":0,\"l\":1}}");
  EXPECT_EQ(*write_statistics(file, Schema(fields), {{"t"}}),
            "{\"numRecords\":2,\"minValues\":{\"col-1\":7},\"maxValues\":{\"col-1\":7},\"nullCount\":{\"col-1\":0}}");
}

TEST(StatisticsWriter, LongTextIsCutAndItsUpperBoundStaysAbove) {
  const std::string breaker = "\xF4\x8F\xBF\xBF";
  const std::string x32(32, 'x');
  EXPECT_EQ(upper_bound_of_text(x32, 32), x32);
  EXPECT_EQ(upper_bound_of_text(x32 + "y", 32), x32 + breaker);
  // What follows the cut is the tie-breaker itself: it stays, and one more follows.
  EXPECT_EQ(upper_bound_of_text(x32 + breaker + "y", 32), x32 + breaker + breaker);
  EXPECT_EQ(upper_bound_of_text(x32 + breaker, 32), x32 + breaker);
  std::string smileys;
  for (int i = 0; i < 40; ++i) smileys += "\xF0\x9F\x98\x80";
  EXPECT_EQ(upper_bound_of_text(smileys, 32), smileys.substr(0, 128) + breaker);
  EXPECT_EQ(stats_of("string", Value(std::string(40, 'a')), Value(smileys)),
            bounds("\"" + std::string(32, 'a') + "\"", "\"" + smileys.substr(0, 128) + breaker + "\""));
  EXPECT_EQ(upper_bound_of_text("ab\xff", 32), std::nullopt);
}

TEST(StatisticsWriter, OurReaderTakesItBack) {
  const Schema schema = parse_schema("x timestamp, y string, z decimal(38,10)");
  DataFile file;
  file.rows = 5;
  const Decimal big{static_cast<__int128>(123456789012345678LL) * 1000000000000LL};
  file.statistics[{"x"}] = {.null_count = 0, .min = Value(1), .max = Value(1'000'001), .has_nan = false};
  file.statistics[{"y"}] = {.null_count = 0, .min = Value("a"), .max = Value("b"), .has_nan = false};
  file.statistics[{"z"}] = {.null_count = 0, .min = Value(big), .max = Value(big), .has_nan = false};
  const std::string text = *write_statistics(file, schema, {{"x"}, {"y"}, {"z"}});
  std::vector<StatisticsReader::Column> columns;
  for (const char* name : {"x", "y", "z"}) columns.push_back(*statistics_column(schema, {name}));
  const FileStatistics read = StatisticsReader(columns).read(text);
  EXPECT_EQ(read.rows, 5);
  for (int i = 0; i < 3; ++i) {
    const ColumnStatistics& own = file.statistics.at({std::string(1, static_cast<char>('x' + i))});
    const auto at = static_cast<std::size_t>(i);
    ASSERT_TRUE(read.columns[at].min && read.columns[at].max);
    EXPECT_LE(compare_values(*read.columns[at].min, *own.min), 0) << text;
    EXPECT_GE(compare_values(*read.columns[at].max, *own.max), 0) << text;
    EXPECT_EQ(read.columns[at].null_count, 0);
  }
}

}  // namespace
}  // namespace lakelet::delta
