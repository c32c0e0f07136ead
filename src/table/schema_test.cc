#include "lakelet/schema.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "table/column_path.h"
#include "table/partitioning.h"

namespace lakelet {
namespace {

std::string message_of(const std::string& text) {
  try {
    return "parsed: " + to_string(parse_schema(text));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    return error.what();
  }
}

TEST(SchemaText, ParsesTheWalkthrough) {
  const Schema schema = parse_schema("time timestamp, city string not null, temperature float comment 'it''s °C'");
  ASSERT_EQ(schema.size(), 3u);
  EXPECT_EQ(schema[0].type, Type(TypeKind::TimestampTz));
  EXPECT_TRUE(schema[0].nullable);
  EXPECT_FALSE(schema[1].nullable);
  EXPECT_EQ(schema[2].doc, "it's °C");
  EXPECT_EQ(to_string(schema), "time timestamp, city string not null, temperature float comment 'it''s °C'");
}

TEST(SchemaText, ReadsBackWhatItWrote) {
  for (const char* text : {
           "a boolean, b tinyint, c smallint, d int, e bigint, f utinyint, g usmallint, h uint, i ubigint",
           "a float, b double, c decimal(38,10), d string, e binary, f fixed(16), g uuid, h date, i time",
           "a timestamp, b timestamp_ntz, c timestamp_ns, d timestamptz_ns, e variant, f geometry, g null",
           "\"a b\" int, \"c\"\"d\" int, été int, \"1x\" int",
           "s struct<a: int not null, \"b c\": list<string>, d: map<string, struct<e: int>>> not null",
           "l list<int not null>, m map<list<int>, decimal(3,0) not null>",
           "s struct<a: int comment 'inner'> comment 'outer'",
           "s struct<>",
       }) {
    EXPECT_EQ(to_string(parse_schema(text)), text);
  }
}

TEST(SchemaText, ReadsCommonSpellings) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"INTEGER", "int"},
      {"long", "bigint"},
      {"short", "smallint"},
      {"byte", "tinyint"},
      {"bool", "boolean"},
      {"VARCHAR", "string"},
      {"text", "string"},
      {"real", "float"},
      {"double precision", "double"},
      {"blob", "binary"},
      {"numeric(9, 2)", "decimal(9,2)"},
      {"decimal(7)", "decimal(7,0)"},
      {"timestamptz", "timestamp"},
      {"timestamp with time zone", "timestamp"},
      {"timestamp without time zone", "timestamp_ntz"},
      {"array<int>", "list<int>"},
      {"int[]", "list<int>"},
      {"varchar[][]", "list<list<string>>"},
      {"row(a int, b text)", "struct<a: int, b: string>"},
      {"struct(a int)", "struct<a: int>"},
      {"map(varchar, int)", "map<string, int>"},
      {"list<list<list<int>>>", "list<list<list<int>>>"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(to_string(parse_type(text)), expected);
  EXPECT_EQ(to_string(parse_schema("`a``b` int null")), "\"a`b\" int");
}

TEST(SchemaText, ErrorsNameThePosition) {
  EXPECT_EQ(message_of("time tmestamp"), "schema: unknown type, found 'tmestamp' at position 6");
  EXPECT_EQ(message_of("a int,, b int"), "schema: expected a column name, found ',' at position 7");
  EXPECT_EQ(message_of("a int b int"), "schema: expected ',' or the end, found 'b' at position 7");
  EXPECT_EQ(message_of("a"), "schema: expected a type, found the end at position 2");
  EXPECT_EQ(message_of(""), "schema: expected a column name, found the end at position 1");
  EXPECT_EQ(message_of("a int, A string"), "schema: a column twice, found 'A' at position 8");
  EXPECT_EQ(message_of("a list<int"), "schema: expected '>', found the end at position 11");
  EXPECT_EQ(message_of("a decimal"), "schema: decimal needs its precision: expected '(', found the end at position 10");
  EXPECT_EQ(message_of("a decimal(39,0)"), "decimal(39,0) doesn't exist (schema, position 3)");
  EXPECT_EQ(message_of("a varchar(10)"),
            "schema: the type varchar takes no length: expected ',' or the end, found '(' at position 10");
  EXPECT_EQ(message_of("\"a int"), "schema: expected a closing \", found the end at position 7");
  EXPECT_EQ(message_of("a int not"), "schema: expected 'null', found the end at position 10");
  EXPECT_EQ(message_of("a int comment b"),
            "schema: expected the comment's text in single quotes, found 'b' at position 15");
  EXPECT_EQ(message_of("\"\" int"), "schema: expected a column name that isn't empty, found '' at position 1");
}

TEST(SchemaText, NestingIsLimited) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "list<";
  EXPECT_NE(message_of("a " + text).find("nested too deeply"), std::string::npos);
}

TEST(Schema, FindsNamesWithoutRegardToCase) {
  const Schema schema({{"City", TypeKind::String}, {"a.b", TypeKind::Int32}});
  EXPECT_EQ(schema.index_of("city"), 0);
  EXPECT_EQ(schema.index_of("CITY"), 0);
  EXPECT_EQ(schema.index_of("town"), -1);
  EXPECT_EQ(schema.find("town"), nullptr);
  // An exact name goes first, should a table have both.
  EXPECT_EQ(Schema({{"A", TypeKind::Int32}, {"a", TypeKind::Int32}}).index_of("a"), 1);
}

TEST(Schema, EqualityIgnoresIdsAndComments) {
  Schema a = parse_schema("x int comment 'one', l list<int>");
  Schema b = parse_schema("x int, l list<int>");
  EXPECT_EQ(a, b);
  EXPECT_FALSE(a == parse_schema("x int not null, l list<int>"));
  EXPECT_FALSE(a == parse_schema("x int, l list<int not null>"));
  EXPECT_FALSE(a == parse_schema("y int, l list<int>"));
}

TEST(ColumnPath, ResolvesDottedNames) {
  const Schema schema = parse_schema("\"a.b\" int, s struct<X: struct<y: int>>, \"s.x\" struct<z: int>");
  EXPECT_EQ(resolve_dotted(schema, "A.B"), (ColumnPath{"a.b"}));
  EXPECT_EQ(resolve_dotted(schema, "s.x.y"), (ColumnPath{"s", "X", "y"}));
  EXPECT_EQ(resolve_dotted(schema, "s.x.z"), (ColumnPath{"s.x", "z"}));
  EXPECT_EQ(resolve_dotted(schema, "s.q"), std::nullopt);
  EXPECT_EQ(find_field(schema, {"s", "x", "y"})->type, Type(TypeKind::Int32));
  EXPECT_EQ(find_field(schema, {"s", "x", "q"}), nullptr);
  EXPECT_EQ(find_field(schema, {}), nullptr);
}

TEST(Partitioning, ByIdentityChecksItsColumns) {
  const Schema schema = parse_schema("City string, day date, l list<int>");
  const Partitioning partitioning = identity_partitioning(schema, {"city", "DAY"});
  EXPECT_TRUE(partitioning.identity_only());
  EXPECT_EQ(partitioning.columns(), (std::vector<std::string>{"City", "day"}));
  EXPECT_EQ(partition_type(partitioning.fields[1], schema), Type(TypeKind::Date));
  EXPECT_EQ(partition_type({"day", Transform::Month, 0, "m"}, schema), Type(TypeKind::Int32));
  EXPECT_THROW(identity_partitioning(schema, {"town"}), Error);
  EXPECT_THROW(identity_partitioning(schema, {"l"}), Error);
  EXPECT_THROW(identity_partitioning(schema, {"city", "CITY"}), Error);
  EXPECT_THROW(identity_partitioning(parse_schema("a int, b int"), {"a", "b"}), Error);
  EXPECT_TRUE(identity_partitioning(schema, {}).empty());
}

}  // namespace
}  // namespace lakelet
