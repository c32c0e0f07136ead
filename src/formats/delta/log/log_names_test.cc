#include "formats/delta/log/log_names.h"

#include <gtest/gtest.h>

namespace lakelet::delta {
namespace {

using Kind = LogName::Kind;

TEST(LogNames, WhatIsWrittenIsRecognised) {
  auto commit = parse_log_name(commit_name(42));
  ASSERT_TRUE(commit);
  EXPECT_EQ(commit->kind, Kind::Commit);
  EXPECT_EQ(commit->version, 42);
  auto checkpoint = parse_log_name(checkpoint_name(7));
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->kind, Kind::ClassicCheckpoint);
  EXPECT_EQ(checkpoint->version, 7);
  auto part = parse_log_name(checkpoint_part_name(10, 2, 3));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->kind, Kind::CheckpointPart);
  EXPECT_EQ(part->part, 2);
  EXPECT_EQ(part->parts, 3);
}

TEST(LogNames, RecognisesTheOtherKinds) {
  EXPECT_EQ(parse_log_name("00000000000000000010.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.json")->kind,
            Kind::V2CheckpointJson);
  EXPECT_EQ(parse_log_name("00000000000000000010.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.parquet")->kind,
            Kind::V2CheckpointParquet);
  auto compaction = parse_log_name("00000000000000000004.00000000000000000006.compacted.json");
  ASSERT_TRUE(compaction);
  EXPECT_EQ(compaction->kind, Kind::Compaction);
  EXPECT_EQ(compaction->last, 6);
  EXPECT_EQ(parse_log_name("00000000000000000001.crc")->kind, Kind::Checksum);
}

TEST(LogNames, IgnoresWhatIsNotOurs) {
  for (const char* name :
       {"", "_last_checkpoint", "0.json", "00000000000000000001.json.tmp", "00000000000000000001.json~",
        ".00000000000000000001.json.crc", "0000000000000000000x.json", "-0000000000000000001.json",
        "00000000000000000010.checkpoint.0000000004.0000000003.parquet", "00000000000000000010.checkpoint.tmp.parquet",
        "00000000000000000006.00000000000000000004.compacted.json", "99999999999999999999.json",
        "00000000000000000001.checkpoint.parquet.tmp"}) {
    EXPECT_FALSE(parse_log_name(name)) << name;
  }
}

}  // namespace
}  // namespace lakelet::delta
