#include "table/schema_evolution.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "table/schema_alteration.h"

namespace lakelet {
namespace {

std::string merged(const std::string& table, const std::string& rows, bool widens = true) {
  return to_string(merged_schema(parse_schema(table), parse_schema(rows), [&](const Type& from, const Type& to) {
    return widens && from.integral() && to.integral() && from.kind() < to.kind();
  }));
}

TEST(SchemaEvolutionTest, NewColumnsGoBehind) {
  EXPECT_EQ(merged("a int, b string", "c date not null, A int"), "a int, b string, c date");
  EXPECT_EQ(merged("s struct<a: int>", "s struct<b: string, a: int>"), "s struct<a: int, b: string>");
  EXPECT_EQ(merged("l array<struct<a: int>>", "l array<struct<b: int not null>>"), "l list<struct<a: int, b: int>>");
  EXPECT_EQ(merged("m map<string, struct<a: int>>", "m map<string, struct<a: int, b: int>>"),
            "m map<string, struct<a: int, b: int>>");
}

TEST(SchemaEvolutionTest, TypesGetWiderWhereTheyMay) {
  EXPECT_EQ(merged("a int, b bigint, c string", "a bigint, b int, c int"), "a bigint, b bigint, c string");
  EXPECT_EQ(merged("a int", "a bigint", false), "a int");
  EXPECT_EQ(merged("s struct<a: int>, l array<smallint>", "s struct<a: bigint>, l array<int>"),
            "s struct<a: bigint>, l list<int>");
}

std::string after(const std::string& schema, const Alteration& change) {
  return to_string(altered(parse_schema(schema), change));
}

Field field(const std::string& text) {
  return parse_schema(text)[0];
}

TEST(SchemaAlterationTest, ColumnsAreAddedInTheirPlace) {
  EXPECT_EQ(after("a int, b int", AddColumn{{}, field("c date"), {}}), "a int, b int, c date");
  EXPECT_EQ(after("a int, b int", AddColumn{{}, field("c date"), ColumnPosition{}}), "c date, a int, b int");
  EXPECT_EQ(after("a int, b int", AddColumn{{}, field("c date"), ColumnPosition{"A"}}), "a int, c date, b int");
  EXPECT_EQ(after("s struct<x: int>", AddColumn{{"s"}, field("y int"), ColumnPosition{}}), "s struct<y: int, x: int>");
  EXPECT_EQ(after("l array<struct<x: int>>", AddColumn{{"l", "element"}, field("y int"), {}}),
            "l list<struct<x: int, y: int>>");
  EXPECT_EQ(after("a int", AddColumn{{}, field("A date"), {}, true}), "a int");
  EXPECT_THROW(after("a int", AddColumn{{}, field("A date"), {}}), Error);
  EXPECT_THROW(after("a int", AddColumn{{"a"}, field("b date"), {}}), Error);
  EXPECT_THROW(after("a int", AddColumn{{}, field("b date"), ColumnPosition{"x"}}), Error);
}

TEST(SchemaAlterationTest, ColumnsAreDroppedRenamedMovedAndChanged) {
  EXPECT_EQ(after("a int, b int", DropColumn{{"a"}}), "b int");
  EXPECT_EQ(after("m map<string, struct<x: int, y: int>>", DropColumn{{"m", "value", "x"}}),
            "m map<string, struct<y: int>>");
  EXPECT_EQ(after("a int", DropColumn{{"b"}, true}), "a int");
  EXPECT_THROW(after("a int", DropColumn{{"a"}}), Error);
  EXPECT_THROW(after("s struct<x: int>", DropColumn{{"s", "x"}}), Error);
  EXPECT_THROW(after("l array<int>", DropColumn{{"l", "element"}}), Error);
  EXPECT_EQ(after("a int, b int", RenameColumn{{"a"}, "c"}), "c int, b int");
  EXPECT_EQ(after("a int, b int", RenameColumn{{"a"}, "A"}), "A int, b int");
  EXPECT_THROW(after("a int, b int", RenameColumn{{"a"}, "B"}), Error);
  EXPECT_EQ(after("a int, b int, c int", MoveColumn{{"a"}, {"b"}}), "b int, a int, c int");
  EXPECT_EQ(after("a int, b int, c int", MoveColumn{{"c"}, {}}), "c int, a int, b int");
  EXPECT_EQ(after("a int, b int", SetNotNull{{"a"}, true}), "a int not null, b int");
  EXPECT_EQ(after("l array<int>", SetColumnType{{"l", "element"}, parse_type("bigint")}), "l list<bigint>");
  EXPECT_THROW(after("l array<int>", SetColumnType{{"l"}, parse_type("bigint")}), Error);
}

TEST(SchemaAlterationTest, IdsStayWithTheirColumns) {
  Field a = field("a int");
  a.id = 7;
  a.physical_name = "col-7";
  const Schema out = altered(Schema({a, field("b int")}), RenameColumn{{"a"}, "z"});
  EXPECT_EQ(out[0].id, 7);
  EXPECT_EQ(out[0].physical_name, "col-7");
}

TEST(ColumnPathTest, DotsAndQuotes) {
  EXPECT_EQ(parse_column_path("a.b.c"), (ColumnPath{"a", "b", "c"}));
  EXPECT_EQ(parse_column_path("`a.b`.\"c d\""), (ColumnPath{"a.b", "c d"}));
  EXPECT_EQ(to_string(ColumnPath{"a.b", "c"}), "`a.b`.c");
  for (const char* bad : {"", "a.", ".a", "`a"}) EXPECT_THROW(parse_column_path(bad), Error) << bad;
}

}  // namespace
}  // namespace lakelet
