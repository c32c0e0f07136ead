#include "formats/delta/write/feature_rules.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/write/log_fixture.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::HasSubstr;

const std::map<std::string, DomainMetadata> kClusteredByB = {
    {"delta.clustering", {"delta.clustering", R"({"clusteringColumns":[["b"]]})", false}}};

struct Shape {
  Protocol protocol = {2, 7, {}, {"columnMapping", "icebergCompatV1", "icebergCompatV2"}};
  Metadata metadata = {.configuration = {{"delta.columnMapping.mode", "name"}}};
  Schema schema = parse_schema("a int, b int");
};

// What is wrong with it; empty: nothing.
std::string refused(const Shape& after, const Shape* before = nullptr,
                    const std::map<std::string, DomainMetadata>& domains = {}, const FilesThere& files = {}) {
  const auto there = [&] { return files; };
  const TableShape shape{after.protocol, after.metadata, after.schema};
  try {
    if (!before) {
      check_feature_rules(nullptr, shape, domains, "t", there);
    } else {
      const TableShape old{before->protocol, before->metadata, before->schema};
      check_feature_rules(&old, shape, domains, "t", there);
    }
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

Shape iceberg(int version) {
  Shape shape;
  shape.metadata.configuration["delta.enableIcebergCompatV" + std::to_string(version)] = "true";
  return shape;
}

TEST(FeatureRules, AClusteredTableKeepsItsColumnsAndHasNoPartitions) {
  Shape shape;
  shape.protocol = {1, 7, {}, {"clustering", "domainMetadata"}};
  EXPECT_EQ(refused(shape, nullptr, kClusteredByB), "");
  shape.schema = parse_schema("a int");
  EXPECT_THAT(refused(shape, nullptr, kClusteredByB), HasSubstr("clustered by the column b"));
  shape.schema = parse_schema("a int, b int");
  shape.metadata.partition_columns = {"a"};
  EXPECT_THAT(refused(shape, nullptr, kClusteredByB), HasSubstr("can't be partitioned"));
}

TEST(FeatureRules, IcebergCompatibilityNeedsMappedColumnsAndNoVectors) {
  for (const int version : {1, 2}) {
    Shape shape = iceberg(version);
    EXPECT_EQ(refused(shape), "");
    shape.protocol.writer_features.push_back("deletionVectors");
    EXPECT_EQ(refused(shape) == "", version == 2) << "listed is enough for the first";
    shape.metadata.configuration["delta.enableDeletionVectors"] = "true";
    EXPECT_THAT(refused(shape), HasSubstr("can't have deletion vectors"));
    shape = iceberg(version);
    shape.metadata.configuration.erase("delta.columnMapping.mode");
    EXPECT_THAT(refused(shape), HasSubstr("needs column mapping"));
    shape = iceberg(version);
    shape.metadata.configuration["delta.enableIcebergCompatV" + std::to_string(3 - version)] = "true";
    EXPECT_THAT(refused(shape), HasSubstr("at once"));
  }
}

TEST(FeatureRules, TheTypesOfIcebergCompatibility) {
  Shape shape = iceberg(1);
  shape.schema = parse_schema("a int, l array<int>");
  EXPECT_THAT(refused(shape), HasSubstr("the column l has type"));
  shape.schema = parse_schema("a int, s struct<v: variant>");
  EXPECT_THAT(refused(shape), HasSubstr("the column s has type"));
  shape = iceberg(2);
  shape.schema = parse_schema("a int, l array<int>");
  EXPECT_THAT(refused(shape), HasSubstr("needs ids"));
  std::vector<Field> fields = shape.schema.fields();
  fields[1].metadata["delta.columnMapping.nested.ids"] = R"({"l.element":5})";
  shape.schema = Schema(fields);
  EXPECT_EQ(refused(shape), "");
  const auto with_change = [&](const std::string& from, const std::string& to) {
    fields[0].metadata["delta.typeChanges"] = fmt::format(R"([{{"fromType":"{}","toType":"{}"}}])", from, to);
    shape.schema = Schema(fields);
    return refused(shape);
  };
  EXPECT_EQ(with_change("integer", "long"), "");
  EXPECT_EQ(with_change("decimal(5,2)", "decimal(9,2)"), "");
  EXPECT_THAT(with_change("integer", "double"), HasSubstr("doesn't allow"));
  EXPECT_THAT(with_change("decimal(5,2)", "decimal(9,4)"), HasSubstr("doesn't allow"));
  EXPECT_THAT(with_change("date", "timestamp_ntz"), HasSubstr("doesn't allow"));
}

TEST(FeatureRules, IcebergCompatibilityIsSwitchedOnWhereFilesAreAsItWantsThem) {
  const FilesThere some{true, false}, vectors{true, true};
  const Shape plain, after = iceberg(2);
  EXPECT_EQ(refused(after, &plain), "");
  EXPECT_EQ(refused(after, &plain, {}, some), "");
  EXPECT_THAT(refused(after, &plain, {}, vectors), HasSubstr("some of its files have deletion vectors"));
  Shape unmapped;
  unmapped.metadata.configuration.clear();
  EXPECT_THAT(refused(after, &unmapped, {}, some), HasSubstr("no ids for their columns"));
  EXPECT_EQ(refused(after, &unmapped), "");
  Shape partitioned = plain, partitioned_after = after;
  partitioned.metadata.partition_columns = partitioned_after.metadata.partition_columns = {"a"};
  EXPECT_THAT(refused(partitioned_after, &partitioned, {}, some), HasSubstr("values of partition columns"));
  Shape times = plain, times_after = after;
  times.schema = times_after.schema = parse_schema("a struct<t: timestamp>");
  EXPECT_THAT(refused(times_after, &times, {}, some), HasSubstr("96 bits"));
  EXPECT_EQ(refused(times_after, &times), "");
}

TEST(FeatureRules, IcebergCompatibilityIsNotPartitionedOtherwise) {
  Shape before = iceberg(2), changed = before;
  before.metadata.partition_columns = {"a"};
  changed.metadata.partition_columns = {"b"};
  EXPECT_THAT(refused(changed, &before), HasSubstr("can't be others"));
  EXPECT_EQ(refused(before, &before), "");
}

TEST(FeatureRules, FilesComeWithTheirNumberOfRows) {
  const Shape shape = iceberg(1);
  const TableShape after{shape.protocol, shape.metadata, shape.schema};
  EXPECT_THROW(check_added_files(after, {AddFile{.path = "x"}}), Error);
  EXPECT_NO_THROW(check_added_files(after, {AddFile{.path = "x", .stats = R"({"numRecords":1})"}}));
  const Shape plain;
  EXPECT_NO_THROW(check_added_files({plain.protocol, plain.metadata, plain.schema}, {AddFile{.path = "x"}}));
}

TEST(FeatureRules, DroppedAndRenamedColumnsAreRemembered) {
  const auto noted = [](const std::string& before, const Schema& after, const Protocol& protocol) {
    Metadata metadata{.configuration = {{"delta.columnMapping.mode", "name"}}};
    track_column_uses(protocol, parse_schema(before), after, metadata);
    return metadata.configuration.contains("delta.columnMapping.hasDroppedOrRenamed");
  };
  const Protocol tracking{2, 7, {}, {"columnMapping", "columnMappingUsageTracking"}};
  EXPECT_FALSE(noted("a int", parse_schema("a int, b int"), tracking));
  EXPECT_TRUE(noted("a int, b int", parse_schema("a int"), tracking));
  EXPECT_TRUE(noted("s struct<x: int, y: int>", parse_schema("s struct<x: int>"), tracking));
  const Schema renamed({Field{.name = "b", .type = TypeKind::Int32, .physical_name = "a"}});
  EXPECT_TRUE(noted("a int", renamed, tracking));
  EXPECT_FALSE(noted("a int", renamed, {2, 7, {}, {"columnMapping"}}));
}

class FeatureRulesTest : public LogFixture {};

TEST_F(FeatureRulesTest, DomainsStayAsTheyAre) {
  create("b int, c int");
  put(1, {Protocol{1, 7, {}, {"clustering", "domainMetadata"}}, kClusteredByB.at("delta.clustering")});
  append();
  EXPECT_EQ(latest()->state().domains, kClusteredByB);
  const auto transaction = begin();
  EXPECT_THROW(
      {
        transaction->set_schema(parse_schema("c int"));
        commit(*transaction, Operation::ChangeSchema);
      },
      Error);
}

}  // namespace
}  // namespace lakelet::delta
