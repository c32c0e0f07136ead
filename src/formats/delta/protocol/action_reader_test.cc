#include "formats/delta/protocol/action_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

std::string failure(const std::string& text) {
  try {
    read_actions(text, "_delta_log/00000000000000000006.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
    return error.message();
  }
  return "no error";
}

TEST(ActionReader, ReadsEachAction) {
  const auto actions = read_actions(
      R"({"commitInfo":{"timestamp":1515491537026,"operation":"WRITE","operationParameters":{"mode":"Append","partitionBy":["a"]},"inCommitTimestamp":7,"isBlindAppend":true,"clusterId":"x"}}
{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["timestampNtz"],"writerFeatures":["timestampNtz"]}}
{"metaData":{"id":"af23c9d7","name":null,"format":{"provider":"parquet","options":{}},"schemaString":"{}","partitionColumns":["p"],"configuration":{"delta.appendOnly":"true"},"createdTime":5}}
{"add":{"path":"p=a%20b/x.parquet","partitionValues":{"p":"a b","q":null},"size":841454,"modificationTime":1512909768000,"dataChange":true,"stats":"{\"numRecords\":1}","tags":{"t":"1"},"deletionVector":{"storageType":"u","pathOrInlineDv":"ab^-aqEH.-t@S}K{vb[*k^","offset":4,"sizeInBytes":40,"cardinality":6},"baseRowId":4071,"defaultRowCommitVersion":41}}
{"remove":{"path":"y.parquet","deletionTimestamp":1515488792485,"dataChange":true,"extendedFileMetadata":true,"size":3}}
{"txn":{"appId":"3ba13872","version":364475}}
{"domainMetadata":{"domain":"delta.x","configuration":"{}","removed":false}}
{"cdc":{"path":"_change_data/c.parquet","partitionValues":{},"size":1213,"dataChange":false}}
)",
      "f");
  ASSERT_EQ(actions.size(), 8u);
  const auto& info = std::get<CommitInfoAction>(actions[0]);
  EXPECT_EQ(info.operation, "WRITE");
  EXPECT_EQ(info.timestamp_ms, 1515491537026);
  EXPECT_EQ(info.in_commit_timestamp_ms, 7);
  EXPECT_EQ(info.operation_parameters.at("partitionBy"), "[\"a\"]");
  EXPECT_EQ(info.other.at("clusterId"), "x");
  EXPECT_EQ(std::get<Protocol>(actions[1]).reader_features, std::vector<std::string>{"timestampNtz"});
  const auto& metadata = std::get<Metadata>(actions[2]);
  EXPECT_EQ(metadata.name, std::nullopt);
  EXPECT_EQ(metadata.partition_columns, std::vector<std::string>{"p"});
  EXPECT_EQ(metadata.configuration.at("delta.appendOnly"), "true");
  const auto& add = std::get<AddFile>(actions[3]);
  EXPECT_EQ(add.path, "p=a%20b/x.parquet");
  EXPECT_EQ(add.partition_values, (PartitionValues{{"p", "a b"}, {"q", std::nullopt}}));
  EXPECT_EQ(add.stats, "{\"numRecords\":1}");
  ASSERT_TRUE(add.deletion_vector);
  EXPECT_EQ(add.deletion_vector->unique_id(), "uab^-aqEH.-t@S}K{vb[*k^@4");
  EXPECT_EQ(add.base_row_id, 4071);
  const auto& remove = std::get<RemoveFile>(actions[4]);
  EXPECT_TRUE(remove.extended_file_metadata);
  EXPECT_EQ(remove.deletion_timestamp_ms, 1515488792485);
  EXPECT_EQ(std::get<Txn>(actions[5]).version, 364475);
  EXPECT_EQ(std::get<DomainMetadata>(actions[6]).domain, "delta.x");
  EXPECT_EQ(std::get<Cdc>(actions[7]).size, 1213);
}

TEST(ActionReader, IgnoresWhatItDoesNotKnow) {
  EXPECT_TRUE(read_actions("{\"futureAction\":{\"a\":[1,{}]}}\n\n  \r\n{\"add\":null}\n", "f").empty());
  EXPECT_EQ(read_actions(R"({"txn":{"appId":"a","version":1,"new":{"x":1}}})", "f").size(), 1u);
}

TEST(ActionReader, NamesFileAndLineOfDamage) {
  const std::string good = R"({"txn":{"appId":"a","version":1}})";
  EXPECT_THAT(failure(good + "\n{\"add\":{\"path\":\"part-0"),
              testing::StartsWith("_delta_log/00000000000000000006.json, line 2 (byte 34): "));
  EXPECT_THAT(failure(good + "\n" + good + "}"), testing::HasSubstr("line 2"));
  EXPECT_THAT(failure("[1]"), testing::HasSubstr("no JSON object"));
  EXPECT_THAT(failure(std::string("\x00\x01\x02", 3)), testing::HasSubstr("line 1 (byte 0)"));
  EXPECT_THAT(failure(R"({"add":{"size":1}})"), testing::HasSubstr("the add action's 'path' is missing"));
  EXPECT_THAT(failure(R"({"add":{"path":7}})"), testing::HasSubstr("'path' is no text"));
  EXPECT_THAT(failure(good + "\n{\"add\":{\"path\":\"x\"}\n" + good), testing::HasSubstr("line 2 (byte 34)"));
  EXPECT_THAT(failure("{\n\"txn\": {\n\"appId\": \"a\"\n}\n}\n{\"x\":"), testing::HasSubstr("line 1 (byte 0)"));
  EXPECT_THAT(failure("{\n\"txn\": {\n\"appId\": \"a\",\"version\":1\n}\n}\n{\"x\":"), testing::HasSubstr("line 6"));
}

TEST(ActionReader, ADocumentMayGoOverSeveralLines) {
  const auto actions = read_actions(
      "{\n  \"txn\": {\n    \"appId\": \"a}\\\"\",\n    \"version\": 3\n  }\n}\n"
      "{\"txn\":{\"appId\":\"b\",\"version\":1}}",
      "f");
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(std::get<Txn>(actions[0]).app_id, "a}\"");
}

// Any cut of a commit is either refused or ends at a line's end: half a line never passes for an action.
TEST(ActionReader, NoCutPassesForWhole) {
  const std::string text = R"({"add":{"path":"a","partitionValues":{"p":"x"},"size":1,"dataChange":true}})"
                           "\n"
                           R"({"remove":{"path":"b","dataChange":true}})";
  const std::size_t first = text.find('\n');
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    if (cut == first || cut == first + 1) continue;
    EXPECT_THROW(read_actions(text.substr(0, cut), "f"), Error) << cut;
  }
}

}  // namespace
}  // namespace lakelet::delta
