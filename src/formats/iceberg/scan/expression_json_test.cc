#include "formats/iceberg/scan/expression_json.h"

#include <gtest/gtest.h>

#include <limits>

namespace lakelet::iceberg {
namespace {

Field field(const std::string& name, const Type& type, std::int32_t id) {
  Field result;
  result.name = name;
  result.type = type;
  result.id = id;
  return result;
}

std::string json(const Predicate& predicate) {
  const Schema schema({field("id", TypeKind::Int64, 1), field("city", TypeKind::String, 2),
                       field("km", TypeKind::Double, 3), field("day", TypeKind::Date, 4),
                       field("at", TypeKind::TimestampTz, 5), field("cost", Type::decimal(9, 2), 6),
                       field("raw", TypeKind::Binary, 7), field("a.b", TypeKind::Int64, 8),
                       field("place", Type::structure({field("x", TypeKind::Int32, 10)}), 9)});
  return expression_json(predicate, schema).value_or("-");
}

Predicate id_is(Comparison comparison, int value) {
  return Predicate::compare({"id"}, comparison, value);
}

TEST(ExpressionJson, Comparisons) {
  EXPECT_EQ(json(id_is(Comparison::Equal, 3)), R"({"type":"eq","term":"id","value":3})");
  EXPECT_EQ(json(id_is(Comparison::NotEqual, 3)), R"({"type":"not-eq","term":"id","value":3})");
  EXPECT_EQ(json(id_is(Comparison::Less, 3)), R"({"type":"lt","term":"id","value":3})");
  EXPECT_EQ(json(id_is(Comparison::LessOrEqual, 3)), R"({"type":"lt-eq","term":"id","value":3})");
  EXPECT_EQ(json(id_is(Comparison::Greater, 3)), R"({"type":"gt","term":"id","value":3})");
  EXPECT_EQ(json(id_is(Comparison::GreaterOrEqual, 3)), R"({"type":"gt-eq","term":"id","value":3})");
  EXPECT_EQ(json(Predicate::compare({"place", "x"}, Comparison::Equal, 1)),
            R"({"type":"eq","term":"place.x","value":1})");
  EXPECT_EQ(json(Predicate::compare({"day"}, Comparison::Equal, 365)),
            R"({"type":"eq","term":"day","value":"1971-01-01"})");
  EXPECT_EQ(json(Predicate::compare({"at"}, Comparison::Equal, 1'000'000)),
            R"({"type":"eq","term":"at","value":"1970-01-01T00:00:01+00:00"})");
  EXPECT_EQ(json(Predicate::compare({"cost"}, Comparison::Equal, Decimal{150})),
            R"({"type":"eq","term":"cost","value":"1.50"})");
}

TEST(ExpressionJson, OtherConditions) {
  EXPECT_EQ(json(Predicate::in({"city"}, {"Oslo", "B\"rn"})),
            R"({"type":"in","term":"city","values":["Oslo","B\"rn"]})");
  EXPECT_EQ(json(Predicate::is_null({"city"})), R"({"type":"is-null","term":"city"})");
  EXPECT_EQ(json(Predicate::is_not_null({"city"})), R"({"type":"not-null","term":"city"})");
  EXPECT_EQ(json(Predicate::starts_with({"city"}, "Os")), R"({"type":"starts-with","term":"city","value":"Os"})");
}

TEST(ExpressionJson, WhatCantBeSaidMakesItWeaker) {
  const Predicate known = id_is(Comparison::Equal, 3), other = id_is(Comparison::Equal, 4);
  const std::string one = R"({"type":"eq","term":"id","value":3})", two = R"({"type":"eq","term":"id","value":4})";
  EXPECT_EQ(json(Predicate::unknown()), "-");
  EXPECT_EQ(json(Predicate::always()), "-");
  EXPECT_EQ(json(Predicate::all_of({known, Predicate::unknown()})), one);
  EXPECT_EQ(json(Predicate::all_of({known, other})), R"({"type":"and","left":)" + one + R"(,"right":)" + two + "}");
  EXPECT_EQ(json(Predicate::any_of({known, other})), R"({"type":"or","left":)" + one + R"(,"right":)" + two + "}");
  EXPECT_EQ(json(Predicate::any_of({known, Predicate::unknown()})), "-");
  EXPECT_EQ(json(Predicate::negation(Predicate::any_of({known, other}))),
            R"({"type":"not","child":{"type":"or","left":)" + one + R"(,"right":)" + two + "}}");
  EXPECT_EQ(json(Predicate::negation(Predicate::all_of({known, other, Predicate::unknown()}))), "-");
}

TEST(ExpressionJson, WhatOthersUnderstandOtherwiseIsLeftOut) {
  // NaN counts as the greatest number here, and isn't in the bounds that others judge by.
  EXPECT_EQ(json(Predicate::compare({"km"}, Comparison::Greater, 1.5)),
            R"({"type":"or","left":{"type":"gt","term":"km","value":1.5},"right":{"type":"is-nan","term":"km"}})");
  EXPECT_EQ(json(Predicate::compare({"km"}, Comparison::Less, 1.5)), R"({"type":"lt","term":"km","value":1.5})");
  EXPECT_EQ(json(Predicate::negation(Predicate::compare({"km"}, Comparison::Less, 1.5))), "-");
  EXPECT_EQ(json(Predicate::compare({"km"}, Comparison::Equal, std::numeric_limits<double>::quiet_NaN())), "-");
  EXPECT_EQ(json(Predicate::compare({"km"}, Comparison::LessOrEqual, -0.0)), "-");
  EXPECT_EQ(json(Predicate::compare({"raw"}, Comparison::Equal, "\x01")), "-");
  EXPECT_EQ(json(Predicate::compare({"a.b"}, Comparison::Equal, 1)), "-");
  EXPECT_EQ(json(Predicate::compare({"id"}, Comparison::Equal, "text")), "-");
  EXPECT_EQ(json(Predicate::compare({"gone"}, Comparison::Equal, 1)), "-");
}

TEST(ExpressionJson, ColumnsHaveToBeTheSameInBothSchemas) {
  const Schema now(
      {field("id", TypeKind::Int64, 1), field("town", TypeKind::String, 2), field("n", TypeKind::Int64, 3)});
  const Schema then(
      {field("id", TypeKind::Int64, 1), field("city", TypeKind::String, 2), field("n", TypeKind::Int64, 4)});
  EXPECT_TRUE(expression_json(Predicate::is_null({"id"}), now, &then));
  EXPECT_FALSE(expression_json(Predicate::is_null({"town"}), now, &then));
  EXPECT_FALSE(expression_json(Predicate::is_null({"n"}), now, &then));
  EXPECT_TRUE(expression_json(Predicate::is_null({"town"}), now, nullptr));
}

}  // namespace
}  // namespace lakelet::iceberg
