#include "lakelet/arrow_schema.h"

#include <gtest/gtest.h>
#include <nanoarrow/nanoarrow.h>

#include <functional>

#include "lakelet/error.h"

namespace lakelet {
namespace {

OwnedArrowSchema one_column(const std::function<void(ArrowSchema&)>& set) {
  OwnedArrowSchema schema;
  ArrowSchemaInit(schema.get());
  EXPECT_EQ(ArrowSchemaSetTypeStruct(schema.get(), 1), 0);
  set(*schema->children[0]);
  EXPECT_EQ(ArrowSchemaSetName(schema->children[0], "c"), 0);
  return schema;
}

TEST(ArrowSchema, GoesThereAndBack) {
  const Schema schema = parse_schema(
      "a boolean, b tinyint not null, c smallint, d int, e bigint, f float, g double, h decimal(38,10), i string, j "
      "binary, "
      "k date, l time, m timestamp, n timestamp_ntz, o timestamp_ns, p timestamptz_ns, q utinyint, r usmallint, s "
      "uint, "
      "t ubigint, u struct<x: int not null, y: list<struct<z: string>>>, v map<string, list<int>>");
  EXPECT_EQ(from_arrow_schema(*to_arrow_schema(schema).get()), schema);
}

TEST(ArrowSchema, TypesOfOtherWidthsCountAsThePlainOnes) {
  const auto type_of = [](ArrowType type) {
    return from_arrow_schema(*one_column([&](ArrowSchema& c) { ASSERT_EQ(ArrowSchemaSetType(&c, type), 0); }).get())[0]
        .type;
  };
  EXPECT_EQ(type_of(NANOARROW_TYPE_LARGE_STRING), Type(TypeKind::String));
  EXPECT_EQ(type_of(NANOARROW_TYPE_STRING_VIEW), Type(TypeKind::String));
  EXPECT_EQ(type_of(NANOARROW_TYPE_BINARY_VIEW), Type(TypeKind::Binary));
  EXPECT_EQ(type_of(NANOARROW_TYPE_DATE64), Type(TypeKind::Date));
}

TEST(ArrowSchema, ADictionaryCountsAsItsValues) {
  const auto schema = one_column([](ArrowSchema& c) {
    ASSERT_EQ(ArrowSchemaSetType(&c, NANOARROW_TYPE_INT32), 0);
    ASSERT_EQ(ArrowSchemaAllocateDictionary(&c), 0);
    ASSERT_EQ(ArrowSchemaInitFromType(c.dictionary, NANOARROW_TYPE_STRING), 0);
  });
  EXPECT_EQ(from_arrow_schema(*schema.get())[0].type, Type(TypeKind::String));
}

TEST(ArrowSchema, WhatHasNoTypeIsRefusedByColumn) {
  const auto schema =
      one_column([](ArrowSchema& c) { ASSERT_EQ(ArrowSchemaSetType(&c, NANOARROW_TYPE_INTERVAL_MONTH_DAY_NANO), 0); });
  try {
    from_arrow_schema(*schema.get());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
    EXPECT_NE(std::string(error.what()).find("column c"), std::string::npos) << error.what();
  }
  OwnedArrowSchema column;
  ArrowSchemaInit(column.get());
  ASSERT_EQ(ArrowSchemaSetType(column.get(), NANOARROW_TYPE_INT32), 0);
  EXPECT_THROW(from_arrow_schema(*column.get()), Error);
}

}  // namespace
}  // namespace lakelet
