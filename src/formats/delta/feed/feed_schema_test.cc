#include "formats/delta/feed/feed_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& older, const std::string& newer) {
  try {
    require_same_columns({3, parse_schema(older), ColumnMappingMode::None},
                         {5, parse_schema(newer), ColumnMappingMode::None}, "t");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
    return error.message();
  }
  return "";
}

TEST(FeedSchema, ColumnsMayBeAddedWidenedAndAllowNulls) {
  EXPECT_EQ(refusal("a int, s struct<x: int>", "b date, a int, s struct<y: string, x: int>"), "");
  EXPECT_EQ(refusal("a int, l array<smallint>, d date", "a bigint, l array<int>, d timestamp_ntz"), "");
  EXPECT_EQ(refusal("a int not null", "a int"), "");
}

TEST(FeedSchema, WhatElseChangesIsRefusedByName) {
  EXPECT_THAT(refusal("a int, b int", "a int"), HasSubstr("column b was dropped"));
  EXPECT_THAT(refusal("s struct<x: int>", "s struct<y: int>"), HasSubstr("column s.x was dropped"));
  EXPECT_THAT(refusal("a bigint", "a int"), HasSubstr("column a was bigint and became int"));
  EXPECT_THAT(refusal("a int", "a string"), HasSubstr("column a was int and became string"));
  EXPECT_THAT(refusal("m map<string, array<int>>", "m map<string, array<string>>"),
              HasSubstr("column m.value.element was int and became string"));
  EXPECT_THAT(refusal("a int", "a int not null"), HasSubstr("column a could be null and can't any more"));
}

TEST(FeedSchema, ColumnMapping) {
  const auto mapped = [](const std::string& name, const std::string& physical) {
    Field field;
    field.name = name;
    field.type = TypeKind::Int32;
    field.physical_name = physical;
    return Schema({field});
  };
  const auto refusal_of = [](const FeedSchema& older, const FeedSchema& newer) -> std::string {
    try {
      require_same_columns(older, newer, "t");
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  };
  constexpr auto kName = ColumnMappingMode::Name, kNone = ColumnMappingMode::None, kId = ColumnMappingMode::Id;
  EXPECT_EQ(refusal_of({1, mapped("a", ""), kNone}, {2, mapped("a", "a"), kName}), "");
  EXPECT_THAT(refusal_of({1, mapped("a", "p"), kName}, {2, mapped("b", "p"), kName}), HasSubstr("a was renamed to b"));
  // Dropped and added again under its old name: another column.
  EXPECT_THAT(refusal_of({1, mapped("a", "p"), kName}, {2, mapped("a", "q"), kName}), HasSubstr("a was dropped"));
  EXPECT_THAT(refusal_of({1, mapped("a", "p"), kName}, {2, mapped("a", ""), kNone}), HasSubstr("switched off"));
  EXPECT_THAT(refusal_of({1, mapped("a", "p"), kName}, {2, mapped("a", "p"), kId}), HasSubstr("changed its mode"));
}

}  // namespace
}  // namespace lakelet::delta
