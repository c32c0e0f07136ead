#include "formats/delta/protocol/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/schema/schema_json.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

std::string refusal(const Protocol& protocol, Access access, const Metadata& metadata = {}, const Schema& schema = {}) {
  try {
    require_protocol(protocol, metadata, schema, access, "/lake/t");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
    EXPECT_THAT(error.what(), testing::HasSubstr("/lake/t"));
    return error.message();
  }
  return "";
}

TEST(Features, LegacyVersionsAreRead) {
  for (int reader = 1; reader <= 2; ++reader) {
    for (int writer = 1; writer <= 6; ++writer) EXPECT_EQ(refusal({reader, writer, {}, {}}, Access::Read), "");
  }
}

TEST(Features, NewerVersionsAreRefusedByNumber) {
  EXPECT_THAT(refusal({99, 7, {}, {}}, Access::Read), testing::HasSubstr("reader version 99"));
  EXPECT_EQ(refusal({1, 8, {}, {}}, Access::Read), "");
  EXPECT_THAT(refusal({1, 8, {}, {}}, Access::Append), testing::HasSubstr("writer version 8"));
}

TEST(Features, UnknownReaderFeaturesAreRefusedByName) {
  const Protocol protocol{3, 7, {"timestampNtz", "quantumRows"}, {"timestampNtz", "quantumRows"}};
  EXPECT_THAT(refusal(protocol, Access::Read), testing::HasSubstr("quantumRows"));
}

TEST(Features, UnknownWriterFeaturesOnlyStopWriters) {
  const Protocol protocol{1, 7, {}, {"appendOnly", "quantumRows"}};
  EXPECT_EQ(refusal(protocol, Access::Read), "");
  EXPECT_THAT(refusal(protocol, Access::Append), testing::HasSubstr("quantumRows"));
}

// They are honoured where the rows are written (schema/row_rules.h).
TEST(Features, RulesForRowsRefuseNobody) {
  Metadata constrained;
  constrained.configuration["delta.constraints.positive"] = "a > 0";
  for (const Protocol& protocol :
       {Protocol{1, 6, {}, {}},
        Protocol{1,
                 7,
                 {},
                 {"checkConstraints", "generatedColumns", "invariants", "identityColumns", "allowColumnDefaults"}}}) {
    EXPECT_EQ(refusal(protocol, Access::Append, constrained), "");
    EXPECT_EQ(refusal(protocol, Access::ChangeRows, constrained), "");
  }
}

TEST(Features, PreviewNamesAreTheSameFeature) {
  const std::vector<std::string> preview{"vacuumProtocolCheck-preview"};
  EXPECT_EQ(refusal({3, 7, preview, preview}, Access::Read), "");
}

std::string contradiction(const Protocol& protocol) {
  try {
    require_readable(protocol, "/lake/t");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
    return error.message();
  }
  return "";
}

TEST(Features, ProtocolsThatContradictThemselvesAreRefused) {
  EXPECT_THAT(contradiction({3, 7, {"timestampNtz"}, {}}), testing::HasSubstr("timestampNtz"));
  EXPECT_THAT(contradiction({2, 5, {"columnMapping"}, {}}), testing::HasSubstr("reader version 2 lists"));
  EXPECT_THAT(contradiction({1, 2, {}, {"appendOnly"}}), testing::HasSubstr("writer version 2 lists"));
  EXPECT_THAT(contradiction({3, 5, {}, {}}), testing::HasSubstr("reader version 3 with writer version 5"));
  EXPECT_EQ(contradiction({3, 7, {}, {}}), "");
  EXPECT_EQ(contradiction({2, 7, {}, {"columnMapping"}}), "");
}

// What PROTOCOL.md, its drafts and Spark list, and whether a reader that knows only the protocol reads right rows.
TEST(Features, EveryKnownFeatureIsReadOrRefusedByName) {
  const std::vector<std::string> read{"deletionVectors",
                                      "columnMapping",
                                      "timestampNtz",
                                      "v2Checkpoint",
                                      "vacuumProtocolCheck",
                                      "variantType",
                                      "variantShredding",
                                      "typeWidening",
                                      "variantType-preview",
                                      "typeWidening-preview",
                                      "variantShredding-preview"};
  for (const std::string& name : read) EXPECT_EQ(refusal({3, 7, {name}, {name}}, Access::Read), "") << name;
  const std::vector<std::string> refused{
      "catalogManaged",           "catalogOwned-preview",        "timestampNanos", "geospatial", "geospatial-dev",
      "adaptiveMetadata-preview", "redirectReaderWriter-preview"};
  for (const std::string& name : refused) {
    EXPECT_THAT(refusal({3, 7, {name}, {name}}, Access::Read), testing::HasSubstr(name.substr(0, name.find('-'))));
  }
  for (const char* name : {"appendOnly",
                           "invariants",
                           "checkConstraints",
                           "generatedColumns",
                           "allowColumnDefaults",
                           "changeDataFeed",
                           "identityColumns",
                           "rowTracking",
                           "domainMetadata",
                           "icebergCompatV1",
                           "icebergCompatV2",
                           "icebergCompatV3",
                           "icebergWriterCompatV1",
                           "icebergWriterCompatV3",
                           "clustering",
                           "inCommitTimestamp-preview",
                           "inCommitTimestamp",
                           "checkpointProtection",
                           "materializePartitionColumns",
                           "collations-preview",
                           "collations",
                           "columnMappingUsageTracking",
                           "redirectWriterOnly-preview",
                           "coordinatedCommits-preview"}) {
    EXPECT_EQ(refusal({1, 7, {}, {name}}, Access::Read), "") << name;
    EXPECT_TRUE(find_capability(delta_capabilities(), std::string(name).substr(0, std::string(name).find('-'))));
  }
}

TEST(Features, EveryRefusalSaysWhy) {
  for (const Capability& capability : delta_capabilities()) {
    for (const Access access :
         {Access::Read, Access::Append, Access::ChangeRows, Access::Maintain, Access::ChangeFeed}) {
      EXPECT_TRUE(capability[access].supported || !capability[access].reason.empty()) << capability.feature;
    }
    // Whoever writes has to read.
    EXPECT_TRUE(capability.read.supported || !capability.append.supported) << capability.feature;
  }
}

}  // namespace
}  // namespace lakelet::delta
