#include "formats/delta/write/layout_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/schema/schema_json.h"
#include "formats/delta/write/write_layout.h"
#include "lakelet/error.h"
#include "table/column_path.h"

namespace lakelet::delta {
namespace {

using testing::ElementsAre;

const Protocol kClustered{1, 7, {}, {"domainMetadata", "clustering"}};

std::map<std::string, DomainMetadata> domain(const std::string& configuration) {
  return {{"delta.clustering", {"delta.clustering", configuration, false}}};
}

TEST(LayoutRules, ClusteringColumnsInBothSpellings) {
  EXPECT_THAT(clustering_columns(kClustered, domain(R"({"clusteringColumns":["col-1","b"]})")),
              ElementsAre(ColumnPath{"col-1"}, ColumnPath{"b"}));
  EXPECT_THAT(clustering_columns(kClustered, domain(R"({"clusteringColumns":[["a","b"],["c"]]})")),
              ElementsAre(ColumnPath{"a", "b"}, ColumnPath{"c"}));
  EXPECT_THAT(clustering_columns(Protocol(), domain(R"({"clusteringColumns":["a"]})")), testing::IsEmpty());
  EXPECT_THROW(clustering_columns(kClustered, domain("{}")), Error);
  EXPECT_THROW(clustering_columns(kClustered, domain(R"({"clusteringColumns":[1]})")), Error);
}

TEST(LayoutRules, ClusteringColumnsAlwaysHaveStatistics) {
  const Schema schema = parse_schema("a int, b int, s struct<x: int, y: int>");
  const LayoutRules rules = layout_rules(kClustered, {}, domain(R"({"clusteringColumns":[["s","y"],["a"]]})"));
  const auto indexed = [&](const Properties& properties) {
    return make_write_layout(schema, {}, properties, ColumnMappingMode::None, rules).statistics_columns;
  };
  EXPECT_THAT(indexed({{"delta.dataSkippingNumIndexedCols", "1"}}), ElementsAre(ColumnPath{"a"}, ColumnPath{"s", "y"}));
  EXPECT_THAT(indexed({{"delta.dataSkippingStatsColumns", "b"}}),
              ElementsAre(ColumnPath{"b"}, ColumnPath{"s", "y"}, ColumnPath{"a"}));
}

TEST(LayoutRules, PartitionColumnsInFilesComeLastAndHaveNoStatistics) {
  const Schema schema = parse_schema("p int, a int, q int");
  Partitioning partitioning;
  for (const char* name : {"p", "q"}) partitioning.fields.push_back({.column = name, .name = name});
  const auto layout = [&](const Protocol& protocol, const StringMap& properties) {
    return make_write_layout(schema, partitioning, properties, ColumnMappingMode::None,
                             layout_rules(protocol, properties, {}));
  };
  const WriteLayout there = layout(Protocol{1, 7, {}, {"materializePartitionColumns"}}, {});
  EXPECT_EQ(to_string(there.file_schema), "a int, p int, q int");
  EXPECT_THAT(there.statistics_columns, ElementsAre(ColumnPath{"a"}));
  EXPECT_EQ(layout({}, {{"delta.writePartitionColumnsToParquet", "true"}}).file_schema.size(), 3U);
  EXPECT_EQ(layout({}, {}).file_schema.size(), 1U);
  const Protocol iceberg{2, 7, {}, {"columnMapping", "icebergCompatV1"}};
  EXPECT_EQ(layout(iceberg, {}).file_schema.size(), 1U) << "it isn't switched on";
  EXPECT_EQ(layout(iceberg, {{"delta.enableIcebergCompatV1", "true"}}).file_schema.size(), 3U);
}

// The example of the specification, shortened.
TEST(LayoutRules, WhatIsInListsAndMapsHasIds) {
  const char* text =
      R"({"type":"struct","fields":[{"name":"m","nullable":true,"type":{"type":"map","keyType":"integer","valueType":)"
      R"({"type":"array","elementType":"integer","containsNull":true},"valueContainsNull":true},"metadata":)"
      R"({"delta.columnMapping.id":1,"delta.columnMapping.physicalName":"col-a","delta.columnMapping.nested.ids":)"
      R"({"col-a.key":100,"col-a.value":101,"col-a.value.element":102}}}]})";
  const Schema schema = read_schema_json(text, ColumnMappingMode::Id);
  LayoutRules rules;
  rules.nested_ids = true;
  const Type map = make_write_layout(schema, {}, {}, ColumnMappingMode::Id, rules).file_schema[0].type;
  EXPECT_EQ(map.children()[0].id, 100);
  EXPECT_EQ(map.children()[1].id, 101);
  EXPECT_EQ(map.children()[1].type.children()[0].id, 102);
}

}  // namespace
}  // namespace lakelet::delta
