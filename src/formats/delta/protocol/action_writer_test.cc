#include "formats/delta/protocol/action_writer.h"

#include <gtest/gtest.h>

#include "formats/delta/protocol/action_reader.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

TEST(ActionWriter, WritesNoNullForWhatIsAbsent) {
  AddFile add{.path = "a%20b.parquet", .size = 7, .modification_time_ms = 5};
  EXPECT_EQ(write_actions({add}),
            "{\"add\":{\"path\":\"a%20b.parquet\",\"partitionValues\":{},\"size\":7,\"modificationTime\":5,"
            "\"dataChange\":true}}\n");
  EXPECT_EQ(write_actions({Protocol{}}), "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}\n");
  Metadata metadata{.id = "i", .schema_string = "{}"};
  EXPECT_EQ(write_actions({metadata}),
            "{\"metaData\":{\"id\":\"i\",\"format\":{\"provider\":\"parquet\",\"options\":{}},\"schemaString\":\"{}\","
            "\"partitionColumns\":[],\"configuration\":{}}}\n");
  EXPECT_EQ(write_actions({Txn{"app", 3, std::nullopt}}), "{\"txn\":{\"appId\":\"app\",\"version\":3}}\n");
}

TEST(ActionWriter, WritesNullPartitionValues) {
  AddFile add{.path = "p", .partition_values = {{"a", "1"}, {"b", std::nullopt}}};
  EXPECT_NE(write_actions({add}).find("\"partitionValues\":{\"a\":\"1\",\"b\":null}"), std::string::npos);
}

TEST(ActionWriter, ListsFeaturesExactlyWithTheirVersions) {
  EXPECT_EQ(protocol_json({1, 7, {}, {"appendOnly"}}),
            "{\"minReaderVersion\":1,\"minWriterVersion\":7,\"writerFeatures\":[\"appendOnly\"]}");
  EXPECT_EQ(protocol_json({3, 7, {"timestampNtz"}, {"timestampNtz"}}),
            "{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[\"timestampNtz\"],"
            "\"writerFeatures\":[\"timestampNtz\"]}");
}

TEST(ActionWriter, WhatItWritesIsReadBack) {
  Metadata metadata{.id = "id",
                    .name = "n\"\\\n",
                    .description = "é",
                    .schema_string = "{\"type\":\"struct\",\"fields\":[]}",
                    .partition_columns = {"a", "b"},
                    .created_time_ms = 1,
                    .configuration = {{"k", "v"}}};
  AddFile add{.path = "x=%25C3/y.parquet",
              .partition_values = {{"x", "\x01"}, {"y", std::nullopt}},
              .size = 1,
              .modification_time_ms = 2,
              .data_change = false,
              .stats = "{\"numRecords\":1}",
              .tags = {{"t", "u"}},
              .deletion_vector = DeletionVectorDescriptor{'u', "ab", 4, 40, 6},
              .base_row_id = 3,
              .default_row_commit_version = 4,
              .clustering_provider = "liquid"};
  RemoveFile remove{.path = "r",
                    .deletion_timestamp_ms = 9,
                    .data_change = true,
                    .extended_file_metadata = true,
                    .partition_values = {{"x", std::nullopt}},
                    .size = 3,
                    .tags = {{"a", "b"}},
                    .deletion_vector = DeletionVectorDescriptor{'i', "zz", std::nullopt, 4, 1}};
  const std::vector<Action> actions = {Protocol{3, 7, {"a"}, {"a", "b"}}, metadata, add, remove, Txn{"app", 1, 2},
                                       DomainMetadata{"d", "{}", true}};
  const std::vector<Action> read = read_actions(write_actions(actions), "test");
  ASSERT_EQ(read.size(), actions.size());
  EXPECT_EQ(std::get<Protocol>(read[0]), std::get<Protocol>(actions[0]));
  EXPECT_EQ(std::get<Metadata>(read[1]), metadata);
  EXPECT_EQ(std::get<AddFile>(read[2]), add);
  EXPECT_EQ(std::get<RemoveFile>(read[3]), remove);
  EXPECT_EQ(std::get<Txn>(read[4]), std::get<Txn>(actions[4]));
  EXPECT_EQ(std::get<DomainMetadata>(read[5]), std::get<DomainMetadata>(actions[5]));
}

TEST(ActionWriter, RefusesTextThatIsNotUtf8) {
  EXPECT_THROW(write_actions({AddFile{.path = "\xff"}}), Error);
}

}  // namespace
}  // namespace lakelet::delta
