#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "table/partition_fields.h"

namespace lakelet {
namespace {

std::string again(const std::string& text) {
  return to_string(parse_partition_field(text));
}

TEST(PartitionFieldText, IsReadAsItIsSaid) {
  EXPECT_EQ(again("city"), "city");
  EXPECT_EQ(again("\"day(ts)\""), "day(ts)");  // a column of that name
  EXPECT_EQ(parse_partition_field("\"day(ts)\"").transform, Transform::Identity);
  EXPECT_EQ(again(" Bucket( 16 , id )"), "bucket(16, id)");
  EXPECT_EQ(again("bucket(id, 16)"), "bucket(16, id)");
  EXPECT_EQ(again("truncate(10,s)"), "truncate(10, s)");
  EXPECT_EQ(again("days(ts)"), "day(ts)");
  EXPECT_EQ(again("hour(a.ts)"), "hour(a.ts)");
  for (const char* bad :
       {"", "bucket(id)", "bucket(0, id)", "bucket(-1, id)", "day()", "day(a, b)", "week(ts)", "day(ts"}) {
    EXPECT_THROW(parse_partition_field(bad), Error) << bad;
  }
}

TEST(PartitionFieldText, SortFieldsHaveADirection) {
  const SortField up = parse_sort_field("city");
  EXPECT_TRUE(!up.descending && up.nulls_first);
  const SortField down = parse_sort_field("day(ts) DESC");
  EXPECT_TRUE(down.descending && !down.nulls_first && down.transform == Transform::Day && down.column == "ts");
  const SortField both = parse_sort_field("\"a b\" desc nulls first");
  EXPECT_TRUE(both.descending && both.nulls_first);
  EXPECT_EQ(both.column, "a b");
  EXPECT_EQ(parse_sort_field("desc").column, "desc");
  EXPECT_EQ(parse_sort_field("x asc NULLS LAST").nulls_first, false);
}

TEST(PartitionFieldText, FieldsAreFoundByNameOrByWhatTheyAre) {
  Partitioning by;
  by.fields = {{"id", Transform::Bucket, 16, "id_bucket"},
               {"city", Transform::Identity, 0, "city"},
               {"x", Transform::Void, 0, "x"}};
  EXPECT_EQ(find_partition_field(by, "id_bucket"), 0u);
  EXPECT_EQ(find_partition_field(by, "bucket(16,id)"), 0u);
  EXPECT_EQ(find_partition_field(by, "CITY"), 1u);
  EXPECT_THROW(find_partition_field(by, "bucket(8, id)"), Error);
  EXPECT_THROW(find_partition_field(by, "x"), Error);
}

TEST(PartitionFieldText, TablesAreMadeByThem) {
  const Schema schema({{.name = "id", .type = TypeKind::Int64}, {.name = "city", .type = TypeKind::String}});
  const Partitioning by = parse_partitioning(schema, {"bucket(4, ID)", "city"});
  ASSERT_EQ(by.fields.size(), 2u);
  EXPECT_EQ(by.fields[0].column, "id");
  EXPECT_THROW(parse_partitioning(schema, {"bucket(4, nope)"}), Error);
  EXPECT_THROW(parse_partitioning(schema, {"bucket(4, id)", "bucket(id, 4)"}), Error);
  try {
    identity_partitioning(schema, {"bucket(4, id)"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
  }
}

}  // namespace
}  // namespace lakelet
