#include "formats/delta/schema/row_rules.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/protocol/required_protocol.h"
#include "formats/delta/schema/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Protocol kAll{1, 6, {}, {}};

std::string field(const std::string& name, const std::string& metadata, const std::string& type = R"("long")") {
  return fmt::format(R"({{"name":"{}","type":{},"nullable":true,"metadata":{{{}}}}})", name, type, metadata);
}
Schema schema(const std::string& fields) {
  return read_schema_json(R"({"type":"struct","fields":[)" + fields + "]}", ColumnMappingMode::None);
}
ErrorCode failure(const Schema& schema) {
  try {
    read_row_rules(kAll, schema, {});
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::Internal;
}

constexpr const char* kIdentity =
    R"("delta.identity.start":100,"delta.identity.step":-5,"delta.identity.highWaterMark":90,"delta.identity.allowExplicitInsert":true)";

TEST(RowRules, WhatTheTableSays) {
  const Schema columns =
      schema(field("x", R"("delta.invariants":"{\"expression\": { \"expression\": \"x > 3\"} }")") + "," +
             field("g", R"("delta.generationExpression":"x + 1")") + "," + field("d", R"("CURRENT_DEFAULT":"'a\"b'")") +
             "," + field("i", kIdentity) + "," +
             field("s", "",
                   R"({"type":"struct","fields":[)" +
                       field("p", R"("delta.invariants":"{\"expression\":{\"expression\":\"s.p > 0\"}}")") + "]}"));
  const RowRules rules =
      read_row_rules(kAll, columns, {{"delta.constraints.a", "x < 9"}, {"delta.constraintsx", "no"}});
  EXPECT_EQ(rules.dialect, SqlDialect::Spark);
  ASSERT_EQ(rules.checks.size(), 3u);
  EXPECT_EQ(rules.checks[0].what, "the CHECK constraint a");
  EXPECT_EQ(rules.checks[0].condition, "x < 9");
  EXPECT_FALSE(rules.checks[0].null_passes);
  EXPECT_EQ(rules.checks[1].what, "the invariant of the column x");
  EXPECT_EQ(rules.checks[1].condition, "x > 3");
  EXPECT_EQ(rules.checks[2].what, "the invariant of the column s.p");
  ASSERT_EQ(rules.generated.size(), 1u);
  EXPECT_EQ(rules.generated[0].expression, "x + 1");
  ASSERT_EQ(rules.defaults.size(), 1u);
  EXPECT_EQ(std::get<std::string>(rules.defaults[0].value), "'a\"b'");
  ASSERT_EQ(rules.identities.size(), 1u);
  EXPECT_EQ(rules.identities[0].start, 100);
  EXPECT_EQ(rules.identities[0].step, -5);
  EXPECT_EQ(rules.identities[0].high_water_mark, 90);
  EXPECT_TRUE(rules.identities[0].explicit_values);
}

TEST(RowRules, FeaturesThatTheProtocolLacksAreOff) {
  const Schema columns = schema(field("g", R"("delta.generationExpression":"1")") + "," + field("i", kIdentity));
  EXPECT_TRUE(read_row_rules({1, 3, {}, {}}, columns, {}).empty());
  EXPECT_TRUE(read_row_rules({1, 7, {}, {"checkConstraints"}}, columns, {}).empty());
  EXPECT_EQ(read_row_rules({1, 7, {}, {"generatedColumns"}}, columns, {}).generated.size(), 1u);
}

TEST(RowRules, DamageAndPlacesThatNobodyHonours) {
  EXPECT_EQ(failure(schema(field("x", R"("delta.invariants":"x > 3")"))), ErrorCode::CorruptTable);
  EXPECT_EQ(failure(schema(field("x", R"("delta.invariants":5)"))), ErrorCode::CorruptTable);
  EXPECT_EQ(failure(schema(field("x", R"("CURRENT_DEFAULT":5)"))), ErrorCode::CorruptTable);
  EXPECT_EQ(failure(schema(field("x", R"("delta.identity.start":1)"))), ErrorCode::CorruptTable);
  EXPECT_EQ(
      failure(schema(field(
          "x", R"("delta.identity.start":1,"delta.identity.step":0,"delta.identity.allowExplicitInsert":false)"))),
      ErrorCode::CorruptTable);
  const std::string invariant = R"("delta.invariants":"{\"expression\":{\"expression\":\"true\"}}")";
  EXPECT_EQ(failure(schema(field("l", "",
                                 R"({"type":"array","elementType":{"type":"struct","fields":[)" +
                                     field("x", invariant) + R"(]},"containsNull":true})"))),
            ErrorCode::UnsupportedFeature);
  EXPECT_EQ(failure(schema(field(
                "s", "", R"({"type":"struct","fields":[)" + field("x", R"("delta.generationExpression":"1")") + "]}"))),
            ErrorCode::UnsupportedFeature);
}

TEST(RowRules, TheMarkMovesAndNothingElse) {
  const Schema before = schema(field("i", kIdentity) + "," + field("v", ""));
  const Schema after = with_identity_mark(before, "I", 85);
  EXPECT_EQ(read_row_rules(kAll, after, {}).identities[0].high_water_mark, 85);
  EXPECT_EQ(read_row_rules(kAll, after, {}).identities[0].start, 100);
  EXPECT_THROW(with_identity_mark(before, "v", 1), Error);
}

TEST(RowRules, TheProtocolThatTheyNeed) {
  const Schema plain = schema(field("v", ""));
  EXPECT_EQ(protocol_of_new_table(plain, {}).writer_version, 2);
  EXPECT_EQ(protocol_of_new_table(plain, {{"delta.constraints.a", "v > 0"}}).writer_version, 7);
  EXPECT_THAT(protocol_of_new_table(schema(field("v", R"("CURRENT_DEFAULT":"1")")), {}).writer_features,
              ElementsAre("allowColumnDefaults"));
  EXPECT_THAT(protocol_of_new_table(schema(field("v", R"("delta.generationExpression":"1")")), {}).writer_features,
              ElementsAre("generatedColumns"));
  const Protocol six{1, 6, {}, {}};
  EXPECT_EQ(protocol_with(six, schema(field("i", kIdentity)), {{"delta.constraints.a", "true"}}), six);
}

}  // namespace
}  // namespace lakelet::delta
