// Cells of every type as values, text and JSON.
#include "operations/operations_fixture.h"

namespace lakelet::operations {
namespace {

using ::testing::ElementsAre;

class RowsTest : public OperationsFixture {
 protected:
  Rows query(const std::string& text) {
    sql::Rows rows = session_->query(text);
    return Rows(std::move(rows.schema), std::move(rows.stream));
  }
  // Text and JSON of the only cell.
  std::pair<std::string, std::string> cell(const std::string& expression) {
    Rows rows = query("SELECT " + expression);
    EXPECT_TRUE(rows.next());
    std::pair<std::string, std::string> both = {rows.text(0), rows.json(0)};
    EXPECT_FALSE(rows.next());
    return both;
  }
  using Pair = std::pair<std::string, std::string>;
};

TEST_F(RowsTest, Scalars) {
  EXPECT_EQ(cell("true"), Pair("true", "true"));
  EXPECT_EQ(cell("(-5)::TINYINT"), Pair("-5", "-5"));
  EXPECT_EQ(cell("9223372036854775807"), Pair("9223372036854775807", "9223372036854775807"));
  EXPECT_EQ(cell("14::FLOAT"), Pair("14.0", "14.0"));
  EXPECT_EQ(cell("12.1::FLOAT"), Pair("12.1", "12.1"));
  EXPECT_EQ(cell("'nan'::DOUBLE"), Pair("NaN", "\"NaN\""));
  EXPECT_EQ(cell("(-1.50)::DECIMAL(10,2)"), Pair("-1.50", "-1.50"));
  EXPECT_EQ(cell("'99999999999999999999999999.0001'::DECIMAL(38,4)"),
            Pair("99999999999999999999999999.0001", "99999999999999999999999999.0001"));
  EXPECT_EQ(cell("'say \"hi\"'"), Pair("say \"hi\"", "\"say \\\"hi\\\"\""));
  EXPECT_EQ(cell("NULL::INT"), Pair("NULL", "null"));
  EXPECT_EQ(cell("''"), Pair("", "\"\""));
  EXPECT_EQ(cell("'6ba7b810-9dad-41d1-80b4-00c04fd430c8'::UUID").first, "6ba7b810-9dad-41d1-80b4-00c04fd430c8");
  EXPECT_EQ(cell("'\\xAB\\x00'::BLOB").first, "ab00");
}

TEST_F(RowsTest, DatesAndTimes) {
  EXPECT_EQ(cell("DATE '2025-01-31'"), Pair("2025-01-31", "\"2025-01-31\""));
  EXPECT_EQ(cell("TIMESTAMP '2025-01-31 12:00:00'"), Pair("2025-01-31 12:00:00", "\"2025-01-31T12:00:00\""));
  EXPECT_EQ(cell("TIMESTAMPTZ '2025-01-31 12:00:00.5+00'"),
            Pair("2025-01-31 12:00:00.5+00", "\"2025-01-31T12:00:00.500000Z\""));
  EXPECT_EQ(cell("TIMESTAMPTZ '1969-12-31 23:59:59.5+00'"),
            Pair("1969-12-31 23:59:59.5+00", "\"1969-12-31T23:59:59.500000Z\""));
  EXPECT_EQ(cell("TIMESTAMP_NS '2025-01-31 12:00:00.123456789'").first, "2025-01-31 12:00:00.123456789");
  EXPECT_EQ(cell("TIME '12:34:56'").first, "12:34:56");
}

TEST_F(RowsTest, NestedCellsAreJson) {
  EXPECT_EQ(cell("{'a': 1, 'b': ['x', NULL], 'c': NULL}").second, R"({"a":1,"b":["x",null],"c":null})");
  EXPECT_EQ(cell("MAP {'k': 1.5, 'l': NULL}").second, R"({"k":1.5,"l":null})");
  EXPECT_EQ(cell("[DATE '2025-01-31']").first, R"(["2025-01-31"])");
  EXPECT_EQ(cell("[{'a': [1]}, {'a': []}]").first, R"([{"a":[1]},{"a":[]}])");
}

TEST_F(RowsTest, ManyBatchesKeepTheirOrder) {
  Rows rows = query("SELECT range AS a, [range, NULL] AS b FROM range(10000)");
  std::int64_t expected = 0;
  while (rows.next()) {
    ASSERT_EQ(rows.value(0).integer(), expected);
    ASSERT_EQ(rows.text(1), fmt::format("[{},null]", expected));
    ++expected;
  }
  EXPECT_EQ(expected, 10000);
}

TEST_F(RowsTest, AFailureInTheMiddleIsTheErrorThatItWas) {
  const Error error = failure([&] {
    Rows rows = query("SELECT CAST(CASE WHEN range = 5000 THEN 'x' ELSE '1' END AS INT) FROM range(100000)");
    while (rows.next()) {
    }
  });
  EXPECT_EQ(error.code(), ErrorCode::ConstraintViolation) << error.what();
}

TEST_F(RowsTest, WhatIsKeptAliveIsLetGoAtTheEnd) {
  auto kept = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = kept;
  sql::Rows inner = session_->query("SELECT 1 AS a");
  Rows rows(inner.schema, std::move(inner.stream), std::move(kept));
  OwnedArrowStream stream = std::move(rows).into_stream();
  EXPECT_FALSE(watch.expired());
  stream.reset();
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace lakelet::operations
