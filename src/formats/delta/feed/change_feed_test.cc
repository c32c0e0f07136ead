// The change feed from the outside: log files in a store, tasks out.
#include "formats/delta/feed/change_feed.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/delta_format.h"
#include "formats/delta/log/log_names.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kProtocol = "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":4}}\n";

std::string column(const std::string& name, const std::string& type) {
  return fmt::format(R"({{\"name\":\"{}\",\"type\":\"{}\",\"nullable\":true,\"metadata\":{{}}}})", name, type);
}

std::string metadata(const std::string& columns, bool feed = true, const std::string& partitions = "\"day\"") {
  return R"({"metaData":{"id":"m","format":{"provider":"parquet","options":{}},)"
         R"("schemaString":"{\"type\":\"struct\",\"fields\":[)" +
         columns + R"(]}","partitionColumns":[)" + partitions + R"(],"createdTime":5,"configuration":{)" +
         (feed ? "\"delta.enableChangeDataFeed\":\"true\"" : "") + "}}}\n";
}
std::string table(bool feed = true) {
  return metadata(column("id", "long") + "," + column("day", "date"), feed);
}

std::string file(const std::string& action, const std::string& path, const std::string& day, bool changes = true) {
  return fmt::format(
             R"({{"{}":{{"path":"{}","partitionValues":{{"day":"{}"}},"size":100,"modificationTime":1,"dataChange":{}}}}})",
             action, path, day, changes) +
         "\n";
}
std::string add(const std::string& path, const std::string& day) {
  return file("add", path, day);
}
std::string remove(const std::string& path, const std::string& day) {
  return file("remove", path, day);
}
std::string cdc(const std::string& path, const std::string& day) {
  return file("cdc", path, day, false);
}

class ChangeFeedTest : public testing::Test {
 protected:
  ChangeFeedTest() : stores_(std::make_shared<StoreRegistry>("/")), table_(stores_->resolve("memory://feed/t")) {
    context_.stores = stores_;
  }

  void put(Version version, const std::string& text) {
    table_.store->put(log_path(table_, commit_name(version)), text);
  }
  std::shared_ptr<const ChangeFeed> changes(const ChangeRange& range) {
    const auto opened = DeltaFormat().open(context_, table_);
    return opened->changes(opened->snapshot(LatestVersion{}), range);
  }
  // "1 insert a.parquet"
  std::vector<std::string> tasks(const ChangeRange& range, const Predicate& predicate = {}) {
    std::vector<std::string> result;
    const auto plan = changes(range)->plan(predicate);
    while (const auto task = plan->next()) {
      result.push_back(
          fmt::format("{} {} {}", task->version, task->type ? to_string(*task->type) : "told", task->file.file.path));
    }
    return result;
  }
  std::string failure(ErrorCode code, const ChangeRange& range) {
    try {
      tasks(range);
    } catch (const Error& error) {
      EXPECT_EQ(to_string(error.code()), to_string(code)) << error.what();
      return error.message() + " / " + error.hint();
    }
    return "no error";
  }
  void put_table() {
    put(0, std::string(kProtocol) + table() + add("a", "2025-01-01"));
    put(1, add("b", "2025-01-02"));
    put(2, remove("a", "2025-01-01") + add("c", "2025-01-01") + cdc("_change_data/d", "2025-01-01"));
    put(3, remove("b", "2025-01-02"));
  }

  std::shared_ptr<StoreRegistry> stores_;
  Location table_;
  FormatContext context_;
};

TEST_F(ChangeFeedTest, CommitsInTheirOrderBothEndsIn) {
  put_table();
  EXPECT_THAT(tasks({Version{0}}), ElementsAre("0 insert a", "1 insert b", "2 told _change_data/d", "3 delete b"));
  EXPECT_THAT(tasks({Version{1}, Version{2}}), ElementsAre("1 insert b", "2 told _change_data/d"));
  EXPECT_THAT(tasks({Version{3}, Version{99}}), ElementsAre("3 delete b"));
}

TEST_F(ChangeFeedTest, ATaskSaysAllThatItsRowsShare) {
  put_table();
  const auto plan = changes({Version{2}, Version{2}})->plan({});
  const auto task = plan->next();
  ASSERT_TRUE(task);
  EXPECT_EQ(task->file.file.uri, "memory://feed/t/_change_data/d");
  EXPECT_EQ(task->file.constants.at("day"), Value(20089));
  EXPECT_FALSE(task->type);
  EXPECT_FALSE(plan->next());
}

TEST_F(ChangeFeedTest, PrunesByPartitionVersionAndType) {
  put_table();
  const auto equal = [](const char* name, Value value) {
    return Predicate::compare({name}, Comparison::Equal, std::move(value));
  };
  EXPECT_THAT(tasks({Version{0}}, equal("day", Value(20089))), ElementsAre("0 insert a", "2 told _change_data/d"));
  EXPECT_THAT(tasks({Version{0}}, equal("_commit_version", Value(1))), ElementsAre("1 insert b"));
  EXPECT_THAT(tasks({Version{0}}, equal("_change_type", Value("delete"))),
              ElementsAre("2 told _change_data/d", "3 delete b"));
  EXPECT_THAT(tasks({Version{0}}, equal("id", Value(1))), testing::SizeIs(4));
}

TEST_F(ChangeFeedTest, RangesThatAreNone) {
  put_table();
  EXPECT_THAT(failure(ErrorCode::NotFound, {Version{4}}), HasSubstr("version 4 of memory://feed/t doesn't exist"));
  EXPECT_THAT(failure(ErrorCode::InvalidArgument, {Version{2}, Version{1}}), HasSubstr("the end is before"));
  EXPECT_THAT(failure(ErrorCode::InvalidArgument, {Version{-1}}), HasSubstr("count from 0"));
  EXPECT_THAT(failure(ErrorCode::NotFound, {AtReference{"main"}}), HasSubstr("no branch or tag"));
}

TEST_F(ChangeFeedTest, CommitsThatWereCleanedUp) {
  put_table();
  // As if a checkpoint of version 1 had allowed it: the newest snapshot was read before.
  const auto opened = DeltaFormat().open(context_, table_);
  const auto newest = opened->snapshot(LatestVersion{});
  table_.store->remove(log_path(table_, commit_name(0)));
  try {
    opened->changes(newest, {Version{0}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::NotFound);
    EXPECT_THAT(error.message(), HasSubstr("removed by log clean-up: those of versions 1 to 3 exist"));
    EXPECT_EQ(error.hint(), "begin with version 1");
  }
}

TEST_F(ChangeFeedTest, WhatWasNotRecordedIsToldWithTheFirstVersionThatWas) {
  put(0, std::string(kProtocol) + table(false) + add("a", "2025-01-01"));
  EXPECT_THAT(failure(ErrorCode::NotFound, {Version{0}}), HasSubstr("delta.enableChangeDataFeed isn't true"));
  put(1, add("b", "2025-01-01"));
  put(2, table(true));
  put(3, add("c", "2025-01-01"));
  EXPECT_THAT(failure(ErrorCode::NotFound, {Version{0}}), HasSubstr("it does from version 2 on"));
  EXPECT_THAT(failure(ErrorCode::NotFound, {Version{1}}), HasSubstr("begin with version 2"));
  EXPECT_THAT(tasks({Version{2}}), ElementsAre("3 insert c"));
}

TEST_F(ChangeFeedTest, SwitchedOffWithinTheRange) {
  put_table();
  put(4, table(false));
  put(5, add("e", "2025-01-01"));
  EXPECT_THAT(failure(ErrorCode::NotFound, {Version{0}}), HasSubstr("records no changes from version 4 on"));
  EXPECT_THAT(tasks({Version{0}, Version{1}}), ElementsAre("0 insert a", "1 insert b"));
}

TEST_F(ChangeFeedTest, ColumnsThatWereAddedAreThereAndThoseThatWentAreRefused) {
  put_table();
  const std::string id = column("id", "long"), day = column("day", "date");
  put(4, metadata(id + "," + day + "," + column("extra", "string")));
  EXPECT_EQ(to_string(changes({Version{0}, Version{1}})->snapshot()->schema()), "id bigint, day date, extra string");
  EXPECT_THAT(tasks({Version{0}, Version{1}}), ElementsAre("0 insert a", "1 insert b"));
  put(5, metadata(column("id", "string") + "," + day));
  EXPECT_THAT(failure(ErrorCode::UnsupportedFeature, {Version{0}, Version{1}}),
              HasSubstr("since version 0, column id was bigint and became string"));
}

TEST_F(ChangeFeedTest, AnotherPartitioningHasItsOwnColumnsInTheLog) {
  put_table();
  put(4, metadata(column("id", "long") + "," + column("day", "date"), true, "") +
             R"({"add":{"path":"x","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}})" + "\n");
  const auto plan = changes({Version{3}})->plan({});
  EXPECT_EQ(plan->next()->file.constants.size(), 1u);
  EXPECT_THAT(plan->next()->file.constants, IsEmpty());
}

TEST_F(ChangeFeedTest, ARemoveWithoutPartitionValuesIsRefusedOnlyWhereTheyMatter) {
  put_table();
  put(4, "{\"remove\":{\"path\":\"c\",\"dataChange\":true}}\n");
  EXPECT_THAT(failure(ErrorCode::UnsupportedFeature, {Version{4}}), HasSubstr("without its partition values"));
  EXPECT_THAT(tasks({Version{0}, Version{3}}), testing::SizeIs(4));
}

TEST_F(ChangeFeedTest, ATimestampOfTheCommitsOwnCounts) {
  put_table();
  put(4, "{\"commitInfo\":{\"inCommitTimestamp\":7000}}\n" + add("z", "2025-01-01"));
  EXPECT_EQ(changes({Version{4}})->plan({})->next()->timestamp_us, 7'000'000);
}

TEST_F(ChangeFeedTest, TimesAsEnds) {
  put_table();
  std::vector<std::int64_t> times;
  const auto plan = changes({Version{0}})->plan({});
  while (const auto task = plan->next()) times.push_back(task->timestamp_us);
  ASSERT_EQ(times.size(), 4u);
  EXPECT_THAT(tasks({AtTimestamp{times[1]}, AtTimestamp{times[2]}}),
              ElementsAre("1 insert b", "2 told _change_data/d"));
  EXPECT_THAT(tasks({AtTimestamp{times[2] + 1}}), ElementsAre("3 delete b"));
  EXPECT_THAT(tasks({AtTimestamp{0}, AtTimestamp{times[0]}}), ElementsAre("0 insert a"));
  EXPECT_THAT(tasks({AtTimestamp{times[1] + 1}, AtTimestamp{times[2] - 1}}), IsEmpty());
  EXPECT_THAT(failure(ErrorCode::NotFound, {AtTimestamp{times[3] + 1}}), HasSubstr("no version from"));
  EXPECT_THAT(failure(ErrorCode::NotFound, {Version{0}, AtTimestamp{times[0] - 1}}), HasSubstr("or before"));
}

TEST_F(ChangeFeedTest, AHandleAtAVersionKnowsNoLaterChanges) {
  put_table();
  const auto opened = DeltaFormat().open(context_, table_);
  const auto plan = opened->changes(opened->snapshot(Version{1}), {Version{0}})->plan({});
  int count = 0;
  while (plan->next()) ++count;
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace lakelet::delta
