#include "formats/delta/log/version_checksum_writer.h"

#include <fmt/format.h>

#include "formats/delta/write/log_fixture.h"

namespace lakelet::delta {
namespace {

class VersionChecksumWriterTest : public LogFixture {
 protected:
  std::string totals(Version version) {
    const std::string text = read(checksum_name(version));
    const auto begin = text.find("\"tableSizeBytes\"");
    return text.substr(begin, text.find(",\"numMetadata\"") - begin);
  }
  void remove_first() {
    const auto transaction = begin();
    const auto plan = transaction->base().plan({});
    transaction->remove(plan->next()->file);
    commit(*transaction, Operation::Delete);
  }
};

TEST_F(VersionChecksumWriterTest, EveryVersionHasATrueOne) {
  create("id bigint", {{"mine", "1"}});
  append();
  append();
  remove_first();
  set("mine", "2");
  EXPECT_EQ(totals(0), R"("tableSizeBytes":0,"numFiles":0)");
  EXPECT_EQ(totals(1), R"("tableSizeBytes":10,"numFiles":1)");
  EXPECT_EQ(totals(2), R"("tableSizeBytes":20,"numFiles":2)");
  EXPECT_EQ(totals(3), R"("tableSizeBytes":10,"numFiles":1)");
  EXPECT_THAT(read(checksum_name(4)), testing::HasSubstr(R"("configuration":{"mine":"2"})"));
  EXPECT_THAT(read(checksum_name(4)), testing::HasSubstr(only<CommitInfoAction>(4).txn_id));
  for (Version version = 0; version <= 4; ++version) {
    EXPECT_THAT(read(checksum_name(version)), testing::HasSubstr(R"("numMetadata":1,"numProtocol":1,"metadata":{)"));
    at(version);
  }
  EXPECT_THAT(warnings_, testing::IsEmpty());
}

TEST_F(VersionChecksumWriterTest, TheTimestampIsThereWhereCommitsHaveOne) {
  create("id bigint");
  set("delta.enableInCommitTimestamps", "true");
  EXPECT_THAT(read(checksum_name(0)), testing::Not(testing::HasSubstr("inCommitTimestampOpt")));
  EXPECT_THAT(read(checksum_name(1)),
              testing::HasSubstr(
                  fmt::format(R"("inCommitTimestampOpt":{},)", *only<CommitInfoAction>(1).in_commit_timestamp_ms)));
  // The metadata is the one that was put, with the marks of the switch.
  EXPECT_THAT(read(checksum_name(1)), testing::HasSubstr(R"("delta.inCommitTimestampEnablementVersion":"1")"));
  latest();
  EXPECT_THAT(warnings_, testing::IsEmpty());
}

TEST_F(VersionChecksumWriterTest, AfterALostRaceItCountsTheWinnersFilesToo) {
  create("id bigint");
  const auto transaction = begin();
  add_file(*transaction);
  append();
  commit(*transaction, Operation::Append);
  EXPECT_EQ(totals(2), R"("tableSizeBytes":20,"numFiles":2)");
}

TEST_F(VersionChecksumWriterTest, SomebodysIsNeverReplaced) {
  create("id bigint");
  put(checksum_name(1), "theirs");
  append();
  EXPECT_EQ(read(checksum_name(1)), "theirs");
}

TEST_F(VersionChecksumWriterTest, WhatActionsMakeOfTotals) {
  const auto after = totals_after({2, 30}, {AddFile{.path = "a", .size = 5}, RemoveFile{.path = "b", .size = 20}});
  ASSERT_TRUE(after);
  EXPECT_EQ(after->files, 2);
  EXPECT_EQ(after->bytes, 15);
  EXPECT_FALSE(totals_after({2, 30}, {RemoveFile{.path = "b"}})) << "nobody knows how large it was";
  EXPECT_FALSE(totals_after({0, 0}, {RemoveFile{.path = "b", .size = 1}}));
}

}  // namespace
}  // namespace lakelet::delta
