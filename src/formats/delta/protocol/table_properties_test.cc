#include "formats/delta/protocol/table_properties.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

TEST(TableProperties, Intervals) {
  EXPECT_EQ(parse_interval_ms("interval 1 week"), 604'800'000);
  EXPECT_EQ(parse_interval_ms("interval '7 days'"), 604'800'000);
  EXPECT_EQ(parse_interval_ms("INTERVAL 1 hour 30 Minutes"), 5'400'000);
  EXPECT_EQ(parse_interval_ms("0 seconds"), 0);
  EXPECT_EQ(parse_interval_ms("interval 999999999999999 weeks"), INT64_MAX);
  for (const char* wrong : {"", "interval", "1", "x days", "1 fortnight", "-1 days", "1 day 2"}) {
    EXPECT_EQ(parse_interval_ms(wrong), std::nullopt) << wrong;
  }
}

TEST(TableProperties, DefaultsAndValues) {
  EXPECT_EQ(checkpoint_interval({}), 10);
  EXPECT_EQ(checkpoint_interval({{"delta.checkpointInterval", "3"}}), 3);
  EXPECT_EQ(checkpoint_interval({{"delta.checkpointInterval", "rubbish"}}), 10);
  EXPECT_EQ(deleted_file_retention_ms({}), 604'800'000);
  EXPECT_EQ(deleted_file_retention_ms({{"delta.deletedFileRetentionDuration", "interval 1 day"}}), 86'400'000);
  EXPECT_EQ(transaction_retention_ms({}), std::nullopt);
  EXPECT_TRUE(property_is_true({{"a", "TRUE"}}, "a"));
  EXPECT_FALSE(property_is_true({{"a", "false"}}, "a"));
  EXPECT_FALSE(property_is_true({}, "a"));
}

ErrorCode code_of(const Properties& after, const Properties& before = {}) {
  try {
    check_properties(before, after);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::Cancelled;  // stands for none
}

TEST(TableProperties, WhatIsKnownAndSanePasses) {
  EXPECT_NO_THROW(check_properties({}, {{"delta.appendOnly", "TRUE"},
                                        {"delta.checkpointInterval", "5"},
                                        {"delta.dataSkippingNumIndexedCols", "-1"},
                                        {"delta.dataSkippingStatsColumns", "a,b.c"},
                                        {"delta.logRetentionDuration", "interval 30 days"},
                                        {"delta.targetFileSize", "128mb"},
                                        {"delta.parquet.compression.codec", "zstd"},
                                        {"delta.isolationLevel", "WriteSerializable"},
                                        {"delta.enableDeletionVectors", "false"},
                                        {"delta.enableTypeWidening", "true"},
                                        {"delta.enableInCommitTimestamps", "true"},
                                        {"delta.checkpointPolicy", "v2"},
                                        {"delta.feature.v2Checkpoint", "supported"},
                                        {"delta.columnMapping.mode", "none"},
                                        {"delta.checkpointPolicy", "classic"},
                                        {"delta.autoOptimize.optimizeWrite", "true"},
                                        {"delta.minReaderVersion", "1"},
                                        {"delta.minWriterVersion", "2"},
                                        {"anything", "else"}}));
}

TEST(TableProperties, WhatIsWrongIsNamed) {
  for (const auto& [name, value] : Properties{{"delta.checkpointInterval", "0"},
                                              {"delta.appendOnly", "maybe"},
                                              {"delta.logRetentionDuration", "soon"},
                                              {"delta.targetFileSize", "big"},
                                              {"delta.dataSkippingNumIndexedCols", "-2"},
                                              {"delta.isolationLevel", "Snapshot"},
                                              {"delta.parquet.compression.codec", "zip"},
                                              {"delta.inCommitTimestampEnablementVersion", "4"},
                                              {"delta.rowTracking.materializedRowIdColumnName", "mine"},
                                              {"delta.noSuchThing", "1"}}) {
    EXPECT_EQ(code_of({{name, value}}), ErrorCode::InvalidArgument) << name;
  }
}

TEST(TableProperties, FeaturesThatWeDoNotWriteAreRefused) {
  for (const auto& [name, value] : Properties{{"delta.enableChangeDataCapture", "true"},
                                              {"delta.feature.clustering", "supported"},
                                              {"delta.universalFormat.enabledFormats", "iceberg"},
                                              {"delta.minReaderVersion", "3"},
                                              {"delta.minWriterVersion", "7"}}) {
    EXPECT_EQ(code_of({{name, value}}), ErrorCode::UnsupportedFeature) << name;
  }
}

TEST(TableProperties, WhatTheTableHasAlreadyMayStay) {
  EXPECT_NO_THROW(check_properties({{"delta.someVendors", "x"}}, {{"delta.someVendors", "x"}, {"mine", "y"}}));
  EXPECT_EQ(code_of({{"delta.someVendors", "y"}}, {{"delta.someVendors", "x"}}), ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace lakelet::delta
