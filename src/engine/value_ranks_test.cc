#include "engine/value_ranks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "lakelet/error.h"

namespace lakelet::engine {
namespace {

using duckdb::LogicalType;

duckdb::Vector vector_of(const LogicalType& type, const std::vector<duckdb::Value>& values) {
  duckdb::Vector vector(type, std::max<std::size_t>(values.size(), 1));
  for (std::size_t i = 0; i < values.size(); ++i) vector.SetValue(i, values[i]);
  return vector;
}

std::vector<std::uint32_t> ranks_of(const LogicalType& type, int bits, const std::vector<duckdb::Value>& values) {
  ValueRanks ranks(type, bits, "c");
  for (std::size_t i = 0; i < values.size(); i += STANDARD_VECTOR_SIZE) {
    const auto end = std::min(values.size(), i + STANDARD_VECTOR_SIZE);
    auto vector = vector_of(type, {values.begin() + i, values.begin() + end});
    ranks.learn(vector, end - i);
  }
  ranks.settle();
  std::vector<std::uint32_t> all;
  for (std::size_t i = 0; i < values.size(); i += STANDARD_VECTOR_SIZE) {
    const auto end = std::min(values.size(), i + STANDARD_VECTOR_SIZE);
    auto vector = vector_of(type, {values.begin() + i, values.begin() + end});
    std::vector<std::uint32_t> some(end - i);
    ranks.rank(vector, end - i, some.data());
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void expect_ascending(const LogicalType& type, const std::vector<duckdb::Value>& values, int bits = 6) {
  const auto ranks = ranks_of(type, bits, values);
  EXPECT_TRUE(std::is_sorted(ranks.begin(), ranks.end())) << type.ToString();
  EXPECT_LT(ranks.back(), 1u << bits);
  EXPECT_GT(std::set<std::uint32_t>(ranks.begin(), ranks.end()).size(), std::min<std::size_t>(values.size() / 2, 3))
      << type.ToString();
}

TEST(ValueRanks, EveryTypeKeepsItsOrder) {
  expect_ascending(LogicalType::BOOLEAN, {false, true, duckdb::Value(LogicalType::BOOLEAN)});
  expect_ascending(LogicalType::TINYINT, {duckdb::Value::TINYINT(-128), duckdb::Value::TINYINT(-1),
                                          duckdb::Value::TINYINT(0), duckdb::Value::TINYINT(127)});
  expect_ascending(LogicalType::INTEGER, {-2000000000, -1, 0, 7, 2000000000});
  expect_ascending(LogicalType::BIGINT,
                   {duckdb::Value::BIGINT(std::numeric_limits<std::int64_t>::min()), duckdb::Value::BIGINT(-5),
                    duckdb::Value::BIGINT(0), duckdb::Value::BIGINT(std::numeric_limits<std::int64_t>::max())});
  expect_ascending(LogicalType::DOUBLE, {-std::numeric_limits<double>::infinity(), -1e300, -0.5, 0.0, 1e-300, 2.5,
                                         std::numeric_limits<double>::infinity(), std::nan("")});
  expect_ascending(LogicalType::FLOAT, {duckdb::Value::FLOAT(-3), duckdb::Value::FLOAT(-0.25f), duckdb::Value::FLOAT(0),
                                        duckdb::Value::FLOAT(9)});
  expect_ascending(LogicalType::VARCHAR, {"", "a", "ab", "b", "\xc3\xa9", "\xf0\x9f\x8c\x8a"});
  expect_ascending(LogicalType::BLOB, {duckdb::Value::BLOB(""), duckdb::Value::BLOB("\\x00"), duckdb::Value::BLOB("a"),
                                       duckdb::Value::BLOB("\\xFF")});
  expect_ascending(LogicalType::DECIMAL(38, 2),
                   {duckdb::Value("-99999999999999999999999999.00").DefaultCastAs(LogicalType::DECIMAL(38, 2)),
                    duckdb::Value("-0.01").DefaultCastAs(LogicalType::DECIMAL(38, 2)),
                    duckdb::Value("0.01").DefaultCastAs(LogicalType::DECIMAL(38, 2)),
                    duckdb::Value("99999999999999999999999999.00").DefaultCastAs(LogicalType::DECIMAL(38, 2))});
  expect_ascending(LogicalType::UUID, {duckdb::Value::UUID("00000000-0000-0000-0000-000000000001"),
                                       duckdb::Value::UUID("7fffffff-0000-0000-0000-000000000001"),
                                       duckdb::Value::UUID("80000000-0000-0000-0000-000000000001"),
                                       duckdb::Value::UUID("ffffffff-0000-0000-0000-000000000001")});
}

TEST(ValueRanks, RangesHaveAboutAsManyRowsEachHoweverSkewed) {
  std::vector<duckdb::Value> values;
  for (int i = 0; i < 4096; ++i)
    values.push_back(duckdb::Value::BIGINT(static_cast<std::int64_t>(std::pow(1.01, i % 2048))));
  std::map<std::uint32_t, int> rows;
  for (const auto rank : ranks_of(LogicalType::BIGINT, 3, values)) ++rows[rank];
  EXPECT_GE(rows.size(), 6u);
  std::vector<duckdb::Value> texts;
  for (int i = 0; i < 4096; ++i) texts.emplace_back("customer_with_a_long_name_" + std::to_string(i));
  rows.clear();
  for (const auto rank : ranks_of(LogicalType::VARCHAR, 3, texts)) ++rows[rank];
  ASSERT_EQ(rows.size(), 8u);
  for (const auto& [rank, count] : rows) EXPECT_NEAR(count, 512, 2);
}

TEST(ValueRanks, NullsAreRowsToo) {
  std::vector<duckdb::Value> values;
  for (int i = 0; i < 1000; ++i) values.push_back(i % 2 ? duckdb::Value(LogicalType::INTEGER) : duckdb::Value(i));
  const auto ranks = ranks_of(LogicalType::INTEGER, 4, values);
  for (int i = 0; i < 1000; ++i) {
    if (i % 2) {
      EXPECT_EQ(ranks[i], 15u);
    } else {
      EXPECT_LE(ranks[i], 8u);  // half of the ranges
    }
  }
  EXPECT_EQ(ranks_of(LogicalType::INTEGER, 4, {duckdb::Value(LogicalType::INTEGER)}), std::vector<std::uint32_t>{15});
}

TEST(ValueRanks, NestedTypesAreRefused) {
  try {
    ValueRanks(LogicalType::LIST(LogicalType::INTEGER), 4, "tags");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    EXPECT_NE(error.message().find("tags"), std::string::npos);
  }
}

}  // namespace
}  // namespace lakelet::engine
