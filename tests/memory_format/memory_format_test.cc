// What is memory_format's own; what it shares with every format is in tests/contract.
#include "memory_format/memory_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "memory_format/memory_transaction.h"

namespace lakelet {
namespace {

using testing::HasSubstr;

class MemoryFormatTest : public testing::Test {
 protected:
  MemoryFormatTest() { context.stores = std::make_shared<StoreRegistry>("/"); }

  std::unique_ptr<FormatTable> create(const std::string& schema, Properties properties,
                                      std::vector<std::string> partition_by = {}) {
    CreateSpec spec;
    spec.schema = parse_schema(schema);
    spec.properties = std::move(properties);
    spec.partition_by = std::move(partition_by);
    require_committed(format.create(context, location, spec)->commit({}, {}), location.uri);
    return format.open(context, location);
  }

  FormatContext context;
  MemoryFormat format;
  Location location = StoreRegistry("/").resolve("memory://m/t");
};

TEST_F(MemoryFormatTest, FieldsGetIdsOrPhysicalNames) {
  const auto by_id = create("a int, s struct<b: list<int>>", {{"memory.columns", "id"}})->snapshot(LatestVersion{});
  const WriteLayout layout = by_id->write_layout();
  EXPECT_EQ(layout.matching, ColumnMatching::ById);
  EXPECT_TRUE(layout.field_ids);
  EXPECT_EQ(layout.file_schema[0].id, 1);
  EXPECT_TRUE(layout.file_schema[1].type.children()[0].type.children()[0].id.has_value());
  location = location.child("physical");
  const auto renamed = create("a int, s struct<b: int>", {{"memory.columns", "physical"}})->snapshot(LatestVersion{});
  EXPECT_EQ(renamed->write_layout().matching, ColumnMatching::ByName);
  EXPECT_EQ(to_string(renamed->write_layout().file_schema), "c1 int, c2 struct<c3: int>");
  EXPECT_EQ(to_string(renamed->schema()), "a int, s struct<b: int>");
  EXPECT_THAT(renamed->write_layout().statistics_columns, testing::ElementsAre(ColumnPath{"a"}, ColumnPath{"s", "b"}));
}

TEST_F(MemoryFormatTest, PartitionColumnsStayInFilesIfTold) {
  EXPECT_EQ(to_string(create("a int, b int", {}, {"b"})->snapshot(LatestVersion{})->write_layout().file_schema),
            "a int");
  location = location.child("in");
  const auto in_files = create("a int, b int", {{"memory.partitionColumnsInFiles", "true"}}, {"b"});
  EXPECT_EQ(to_string(in_files->snapshot(LatestVersion{})->write_layout().file_schema), "a int, b int");
}

TEST_F(MemoryFormatTest, FeaturesRefuseByName) {
  const auto table = create("a int", {{"memory.features", "appendOnly,readOnly"}});
  const auto snapshot = table->snapshot(LatestVersion{});
  EXPECT_NO_THROW(snapshot->require(Access::Read));
  EXPECT_THROW(snapshot->require(Access::Append), Error);
  EXPECT_THROW(table->begin(snapshot)->add(DataFile{}), Error);
  location = location.child("future");
  try {
    create("a int", {{"memory.features", "futureThing"}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
    EXPECT_THAT(error.what(), HasSubstr("futureThing"));
  }
}

TEST_F(MemoryFormatTest, PropertiesAreChecked) {
  EXPECT_THROW(create("a int", {{"memory.rowRemoval", "sometimes"}}), Error);
  EXPECT_THROW(create("a int", {{"memory.nonsense", "1"}}), Error);
  EXPECT_NO_THROW(create("a int", {{"anything.else", "1"}}));
}

TEST_F(MemoryFormatTest, ATableOfAnotherProcessIsRefused) {
  create("a int", {});
  EXPECT_TRUE(MemoryFormat().detect(location));
  EXPECT_THROW(MemoryFormat().open(context, location), Error);
}

}  // namespace
}  // namespace lakelet
