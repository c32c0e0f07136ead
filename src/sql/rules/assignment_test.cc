#include "sql/rules/assignment.h"

#include <gtest/gtest.h>

namespace lakelet::sql {
namespace {

using duckdb::LogicalType;
using duckdb::Value;

TEST(Assignment, WideningKeepsEveryValue) {
  EXPECT_TRUE(assignable(LogicalType::INTEGER, LogicalType::BIGINT));
  EXPECT_TRUE(assignable(LogicalType::INTEGER, LogicalType::DOUBLE));
  EXPECT_TRUE(assignable(LogicalType::INTEGER, LogicalType::DECIMAL(18, 2)));
  EXPECT_TRUE(assignable(LogicalType::DECIMAL(5, 1), LogicalType::DECIMAL(18, 2)));
  EXPECT_TRUE(assignable(LogicalType::DATE, LogicalType::TIMESTAMP));
  EXPECT_TRUE(assignable(LogicalType::TIMESTAMP, LogicalType::TIMESTAMP_TZ));
  EXPECT_TRUE(assignable(LogicalType::SQLNULL, LogicalType::DATE));
  EXPECT_TRUE(assignable(LogicalType::LIST(LogicalType::INTEGER), LogicalType::LIST(LogicalType::BIGINT)));
  EXPECT_TRUE(assignable(LogicalType::STRUCT({{"b", LogicalType::DATE}, {"A", LogicalType::TINYINT}}),
                         LogicalType::STRUCT({{"a", LogicalType::BIGINT}, {"b", LogicalType::DATE}})));
}

TEST(Assignment, IntegersAreCheckedRowByRow) {
  EXPECT_TRUE(assignable(LogicalType::BIGINT, LogicalType::INTEGER));
  EXPECT_TRUE(assignable(LogicalType::HUGEINT, LogicalType::BIGINT));
  EXPECT_TRUE(assignable(LogicalType::DECIMAL(9, 0), LogicalType::INTEGER));
}

TEST(Assignment, NothingIsCutOrReinterpreted) {
  EXPECT_FALSE(assignable(LogicalType::DOUBLE, LogicalType::INTEGER));
  EXPECT_FALSE(assignable(LogicalType::DECIMAL(5, 2), LogicalType::INTEGER));
  EXPECT_FALSE(assignable(LogicalType::DECIMAL(5, 2), LogicalType::DECIMAL(18, 1)));
  EXPECT_FALSE(assignable(LogicalType::DOUBLE, LogicalType::DECIMAL(18, 2)));
  EXPECT_FALSE(assignable(LogicalType::INTEGER, LogicalType::VARCHAR));
  EXPECT_FALSE(assignable(LogicalType::VARCHAR, LogicalType::DATE));
  EXPECT_FALSE(assignable(LogicalType::TIMESTAMP, LogicalType::DATE));
  EXPECT_FALSE(assignable(LogicalType::TIMESTAMP_TZ, LogicalType::TIMESTAMP));
  EXPECT_FALSE(assignable(LogicalType::BOOLEAN, LogicalType::INTEGER));
  EXPECT_FALSE(assignable(LogicalType::BLOB, LogicalType::VARCHAR));
  EXPECT_FALSE(
      assignable(LogicalType::STRUCT({{"a", LogicalType::DATE}}), LogicalType::STRUCT({{"b", LogicalType::DATE}})));
}

TEST(Assignment, LiteralsFitAsTheyAreWritten) {
  EXPECT_TRUE(literal_fits(Value("2025-01-31"), LogicalType::DATE));
  EXPECT_FALSE(literal_fits(Value("2025-02-31"), LogicalType::DATE));
  EXPECT_TRUE(literal_fits(Value::INTEGER(200), LogicalType::UTINYINT));
  EXPECT_FALSE(literal_fits(Value::INTEGER(200), LogicalType::TINYINT));
  EXPECT_TRUE(literal_fits(Value::DECIMAL(std::int16_t{15}, 3, 1), LogicalType::FLOAT));
  EXPECT_FALSE(literal_fits(Value::DECIMAL(std::int16_t{15}, 3, 1), LogicalType::INTEGER));
  EXPECT_TRUE(literal_fits(Value::DECIMAL(std::int16_t{20}, 3, 1), LogicalType::INTEGER));
  EXPECT_TRUE(literal_fits(Value(LogicalType::SQLNULL), LogicalType::INTEGER));
}

}  // namespace
}  // namespace lakelet::sql
