#include "formats/delta/schema/char_type.h"

#include <gtest/gtest.h>

#include "formats/delta/statistics/statistics_reader.h"

namespace lakelet::delta {
namespace {

Field applied(const std::string& column, const char* sql_type) {
  Field field = parse_schema(column)[0];
  apply_char_type(sql_type, field);
  return field;
}

TEST(CharType, IsFoundAtAnyDepth) {
  EXPECT_EQ(applied("c string", "char(5)").padded_to, 5);
  EXPECT_EQ(applied("c string", "varchar(5)").padded_to, 0);
  const Field row = applied("s struct<a: string, b: decimal(10, 2), c: array<string>>",
                            "struct<a:char(3),b:decimal(10,2),c:array<char(2)>>");
  EXPECT_EQ(row.type.children()[0].padded_to, 3);
  EXPECT_EQ(row.type.children()[1].padded_to, 0);
  EXPECT_EQ(row.type.children()[2].type.children()[0].padded_to, 2);
  const Field map = applied("m map<string, string>", "map<char(4),varchar(9)>");
  EXPECT_EQ(map.type.children()[0].padded_to, 4);
  EXPECT_EQ(map.type.children()[1].padded_to, 0);
}

TEST(CharType, WhatDoesNotFitSaysNothing) {
  for (const char* text : {"char(", "char(x)", "char(5) ", "char(-1)", "char(99999999999)", "array<char(3)>", ""}) {
    EXPECT_EQ(applied("c string", text).padded_to, 0) << text;
  }
  EXPECT_EQ(applied("c int", "char(5)").padded_to, 0);
  EXPECT_EQ(applied("s struct<a: string>", "struct<b:char(3)>").type.children()[0].padded_to, 0);
}

TEST(CharType, BoundsOfWhatIsStoredTellNothing) {
  const Schema schema({applied("c string", "char(5)"), applied("v string", "varchar(5)")});
  EXPECT_FALSE(statistics_column(schema, {"c"}));
  EXPECT_TRUE(statistics_column(schema, {"v"}));
  EXPECT_EQ(statistics_columns(schema).size(), 1u);
}

}  // namespace
}  // namespace lakelet::delta
