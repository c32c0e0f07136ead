#include "formats/delta/write/write_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/schema/schema_json.h"
#include "table/partitioning.h"

namespace lakelet::delta {
namespace {

std::vector<std::string> statistics(const Schema& schema, const Properties& properties) {
  std::vector<std::string> result;
  for (const ColumnPath& path : make_write_layout(schema, {}, properties, ColumnMappingMode::None).statistics_columns) {
    std::string text;
    for (const std::string& name : path) text += (text.empty() ? "" : "/") + name;
    result.push_back(text);
  }
  return result;
}

TEST(WriteLayout, PartitionColumnsAreNotInTheFiles) {
  const Schema schema = parse_schema("a int, p string, b struct<x: int, y: string>");
  const WriteLayout layout =
      make_write_layout(schema, identity_partitioning(schema, {"p"}), {}, ColumnMappingMode::None);
  EXPECT_EQ(to_string(layout.file_schema), "a int, b struct<x: int, y: string>");
  EXPECT_FALSE(layout.field_ids);
  EXPECT_THAT(layout.statistics_columns,
              testing::ElementsAre(ColumnPath{"a"}, ColumnPath{"b", "x"}, ColumnPath{"b", "y"}));
}

TEST(WriteLayout, UnderColumnMappingFilesHavePhysicalNamesAndIds) {
  const Schema schema = read_schema_json(
      R"({"type":"struct","fields":[{"name":"a","type":{"type":"struct","fields":[{"name":"b","type":"long","nullable":true,"metadata":{"delta.columnMapping.id":2,"delta.columnMapping.physicalName":"col-2"}}]},"nullable":true,"metadata":{"delta.columnMapping.id":1,"delta.columnMapping.physicalName":"col-1"}}]})",
      ColumnMappingMode::Name);
  const WriteLayout layout = make_write_layout(schema, {}, {}, ColumnMappingMode::Name);
  EXPECT_TRUE(layout.field_ids);
  EXPECT_EQ(layout.file_schema[0].name, "col-1");
  EXPECT_EQ(layout.file_schema[0].id, 1);
  EXPECT_EQ(layout.file_schema[0].type.children()[0].name, "col-2");
  EXPECT_EQ(layout.file_schema[0].type.children()[0].id, 2);
  EXPECT_THAT(layout.statistics_columns, testing::ElementsAre(ColumnPath{"a", "b"}));
}

TEST(WriteLayout, WhichColumnsHaveStatistics) {
  const Schema schema = parse_schema("a int, s struct<x: int, y: int>, `odd,name` int, l list<int>");
  EXPECT_THAT(statistics(schema, {{"delta.dataSkippingNumIndexedCols", "2"}}), testing::ElementsAre("a", "s/x"));
  EXPECT_THAT(statistics(schema, {{"delta.dataSkippingNumIndexedCols", "0"}}), testing::ElementsAre());
  EXPECT_THAT(statistics(schema, {{"delta.dataSkippingNumIndexedCols", "-1"}}),
              testing::ElementsAre("a", "s/x", "s/y", "odd,name", "l"));
  EXPECT_THAT(statistics(schema, {{"delta.dataSkippingStatsColumns", "s, `odd,name`"}}),
              testing::ElementsAre("s/x", "s/y", "odd,name"));
}

TEST(WriteLayout, SizesAndCompression) {
  auto layout = [](const Properties& properties) {
    return make_write_layout(parse_schema("a int"), {}, properties, ColumnMappingMode::None);
  };
  EXPECT_EQ(layout({{"delta.targetFileSize", "64mb"}}).target_file_bytes, std::uint64_t{64} << 20);
  EXPECT_EQ(layout({{"delta.targetFileSize", "1000"}}).target_file_bytes, 1000u);
  EXPECT_EQ(layout({{"delta.targetFileSize", "1 GiB"}}).target_file_bytes, std::uint64_t{1} << 30);
  EXPECT_EQ(layout({{"delta.parquet.compression.codec", "ZSTD"}}).compression, "zstd");
  EXPECT_EQ(layout({{"delta.parquet.compression.codec", "none"}}).compression, "uncompressed");
}

}  // namespace
}  // namespace lakelet::delta
