#include "operations/file_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::operations {
namespace {

using testing::HasSubstr;

std::string merged(const std::vector<std::string>& files, const std::string& given = "") {
  FileColumns columns(given.empty() ? Schema() : parse_schema(given));
  int number = 0;
  for (const std::string& schema : files)
    columns.add("file" + std::to_string(++number), as_table_columns(parse_schema(schema)));
  return to_string(columns.finish());
}
std::string refused(const std::vector<std::string>& files, const std::string& given = "") {
  try {
    return "no error: " + merged(files, given);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    return error.message();
  }
}

TEST(FileColumns, WhatOnlyFilesHaveBecomesWhatTablesHave) {
  EXPECT_EQ(
      to_string(as_table_columns(parse_schema("a utinyint not null, b usmallint, c uint, d ubigint, e timestamp_ns, "
                                              "f struct<x: uint not null>, g list<uint>, h map<string, uint>"))),
      "a smallint, b int, c bigint, d decimal(20,0), e timestamp_ntz, f struct<x: bigint>, g list<bigint>, "
      "h map<string, bigint>");
}

TEST(FileColumns, ColumnsOfAllFiles) {
  EXPECT_EQ(merged({"a int, b string", "b string, c double"}), "a int, b string, c double");
  EXPECT_EQ(merged({"s struct<a: int>", "s struct<b: string, a: int>"}), "s struct<a: int, b: string>");
  EXPECT_EQ(merged({"l list<struct<a: int>>", "l list<struct<b: int>>"}), "l list<struct<a: int, b: int>>");
  EXPECT_EQ(merged({"a tinyint", "a int", "a smallint"}), "a int");
}

TEST(FileColumns, ColumnsThatDontGoTogetherNameTheFile) {
  EXPECT_THAT(refused({"a int", "a string"}), HasSubstr("the column a is string in file2, and int in file1"));
  EXPECT_THAT(refused({"a int", "a bigint"}), HasSubstr("file2"));
  EXPECT_THAT(refused({"s struct<a: int>", "s struct<a: date>"}), HasSubstr("s.a"));
  EXPECT_THAT(refused({"a int", "A int"}), HasSubstr("is called a elsewhere"));
}

TEST(FileColumns, AGivenSchemaIsKept) {
  EXPECT_EQ(merged({"a tinyint", "b string"}, "b string, a int"), "b string, a int");
  EXPECT_THAT(refused({"a int, x int"}, "a int"), HasSubstr("file1 has a column x"));
  EXPECT_THAT(refused({"a string"}, "a int"), HasSubstr("in the schema"));
}

TEST(FileColumns, AColumnOfNullsTakesTheTypeThatAnotherFileHas) {
  const auto nulls = Schema({Field{.name = "a", .type = Type(TypeKind::Null)}});
  FileColumns columns{Schema()};
  columns.add("f", nulls);
  EXPECT_THROW(columns.finish(), Error);
  columns.add("g", parse_schema("a date"));
  columns.add("h", nulls);
  EXPECT_EQ(to_string(columns.finish()), "a date");
}

TEST(FileColumns, StatisticsOfColumnsThatAreOfAnotherTypeHaveNoBounds) {
  ColumnStatistics known;
  known.null_count = 2;
  known.min = Value(1);
  known.max = Value(5);
  const auto kept = statistics_for(parse_schema("a bigint, b decimal(20,0)"), parse_schema("a uint, b ubigint, c int"),
                                   {{{"a"}, known}, {{"b"}, known}, {{"c"}, known}});
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept.at({"a"}).min, Value(1));
  EXPECT_FALSE(kept.at({"b"}).min);
  EXPECT_EQ(kept.at({"b"}).null_count, 2);
}

}  // namespace
}  // namespace lakelet::operations
