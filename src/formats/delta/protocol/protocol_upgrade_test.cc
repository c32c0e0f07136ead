#include "formats/delta/protocol/protocol_upgrade.h"

#include <gtest/gtest.h>

#include "formats/delta/protocol/required_protocol.h"

namespace lakelet::delta {
namespace {

using Names = std::vector<std::string>;

const Schema kSchema({Field{.name = "id", .type = Type(TypeKind::Int32)}});

TEST(ProtocolUpgrade, PlainVersionsStandForFeatures) {
  EXPECT_TRUE(has_feature({.reader_version = 1, .writer_version = 2}, "appendOnly"));
  EXPECT_TRUE(has_feature({.reader_version = 2, .writer_version = 5}, "columnMapping"));
  EXPECT_FALSE(has_feature({.reader_version = 1, .writer_version = 2}, "changeDataFeed"));
  EXPECT_FALSE(has_feature({.reader_version = 3, .writer_version = 7}, "appendOnly"));
}

TEST(ProtocolUpgrade, WhatVersionsStoodForStays) {
  const Protocol out = with_feature({.reader_version = 1, .writer_version = 4}, "inCommitTimestamp");
  EXPECT_EQ(out.reader_version, 1);
  EXPECT_EQ(out.writer_version, 7);
  EXPECT_EQ(out.reader_features, Names());
  EXPECT_EQ(out.writer_features, Names({"appendOnly", "invariants", "checkConstraints", "changeDataFeed",
                                        "generatedColumns", "inCommitTimestamp"}));
}

TEST(ProtocolUpgrade, ReadersKnowWhatTheyMust) {
  const Protocol out = with_feature({.reader_version = 2, .writer_version = 5}, "v2Checkpoint");
  EXPECT_EQ(out.reader_version, 3);
  EXPECT_EQ(out.reader_features, Names({"columnMapping", "v2Checkpoint"}));
  EXPECT_TRUE(has_feature(out, "columnMapping"));
  // A plain reader version is enough for a feature that it brought.
  const Protocol mapped = with_feature({.reader_version = 1, .writer_version = 2}, "columnMapping");
  EXPECT_EQ(mapped.reader_version, 2);
  EXPECT_EQ(mapped.writer_version, 7);
}

TEST(ProtocolUpgrade, AFeatureBringsWhatItDependsOn) {
  const Protocol out = with_feature({.reader_version = 1, .writer_version = 2}, "clustering");
  EXPECT_TRUE(has_feature(out, "domainMetadata"));
  EXPECT_EQ(with_feature(out, "clustering"), out);
}

TEST(ProtocolUpgrade, APreviewIsTheFeature) {
  const Protocol preview{3, 7, {"variantType-preview"}, {"variantType-preview"}};
  EXPECT_TRUE(has_feature(preview, "variantType"));
  EXPECT_EQ(with_feature(preview, "variantType"), preview);
}

TEST(ProtocolUpgrade, ANewTableHasJustWhatItAsksFor) {
  const StringMap properties = {{"delta.checkpointPolicy", "V2"}, {"delta.enableInCommitTimestamps", "true"}};
  const Protocol out = protocol_of_new_table(kSchema, properties);
  EXPECT_EQ(out.reader_version, 3);
  EXPECT_EQ(out.reader_features, Names({"v2Checkpoint"}));
  EXPECT_EQ(out.writer_features, Names({"v2Checkpoint", "inCommitTimestamp"}));
  EXPECT_EQ(protocol_of_new_table(kSchema, {{"delta.checkpointPolicy", "classic"}, {"delta.appendOnly", "true"}}),
            Protocol());
  EXPECT_EQ(protocol_of_new_table(kSchema, {{"delta.feature.vacuumProtocolCheck", "supported"}}).reader_features,
            Names({"vacuumProtocolCheck"}));
}

TEST(ProtocolUpgrade, PropertiesThatNoTableKeeps) {
  EXPECT_EQ(lasting_properties({{"delta.feature.x", "supported"}, {"delta.minReaderVersion", "1"}, {"mine", "1"}}),
            (StringMap{{"mine", "1"}}));
}

}  // namespace
}  // namespace lakelet::delta
