#include "formats/delta/log/log_replay.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

constexpr const char* kStart =
    R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
{"metaData":{"id":"m","format":{"provider":"parquet","options":{}},"schemaString":"{}","partitionColumns":[],"configuration":{}}}
)";

TableState replay(const std::vector<std::string>& commits, TableState base = {}) {
  const Version version = base.version + static_cast<Version>(commits.size());
  LogReplay replay(std::move(base));
  ActionReader reader;
  for (const std::string& commit : commits) reader.read(commit, "commit", replay);
  return replay.finish(version, "t");
}

std::vector<std::string> files(const TableState& state) {
  std::vector<std::string> result;
  for (const FileListPart& part : state.files.parts) {
    std::size_t live = 0;
    for (std::size_t row = 0; row < part.block->size(); ++row) {
      if (!part.is_live(row)) continue;
      ++live;
      std::string name(part.block->path(row));
      if (part.block->deletion_vector(row)) name.append(1, '#').append(part.block->dv_id(row));
      result.push_back(std::move(name));
    }
    EXPECT_EQ(live, part.live);
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::string add(const std::string& path, const std::string& more = "") {
  return R"({"add":{"path":")" + path + R"(","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true)" +
         more + "}}\n";
}
std::string remove(const std::string& path, const std::string& more = "") {
  return R"({"remove":{"path":")" + path + R"(","dataChange":true)" + more + "}}\n";
}
std::string dv(const std::string& text) {
  return R"(,"deletionVector":{"storageType":"u","pathOrInlineDv":")" + text + R"(","sizeInBytes":1,"cardinality":1})";
}

TEST(LogReplay, TheLatestActionOfEachFileCounts) {
  const TableState state =
      replay({kStart + add("a") + add("b"), remove("a") + add("c"), remove("c") + remove("x"), add("c")});
  EXPECT_THAT(files(state), testing::ElementsAre("b", "c"));
  EXPECT_EQ(state.version, 3);
}

TEST(LogReplay, AnAddAgainReplacesTheFirst) {
  const TableState state = replay({kStart + add("a"), add("a", R"(,"stats":"{\"numRecords\":5}")")});
  ASSERT_EQ(state.files.listed(), 1u);
  const auto at = state.files.find("a", "");
  ASSERT_TRUE(at);
  EXPECT_EQ(at->block->stats(at->row), R"({"numRecords":5})");
}

TEST(LogReplay, PathsAreTheSameHoweverTheyAreWritten) {
  EXPECT_THAT(files(replay({kStart + add("p=é/a%20b"), remove("p=%C3%A9/a b")})), testing::ElementsAre());
  EXPECT_THAT(files(replay({kStart + add("file:/x/a"), remove("/x/a")})), testing::ElementsAre());
  EXPECT_THAT(files(replay({kStart + add("a%2520"), remove("a%20")})), testing::ElementsAre("a%2520"));
}

TEST(LogReplay, ADeletionVectorMakesAnotherLogicalFile) {
  const TableState state =
      replay({kStart + add("a"), remove("a") + add("a", dv("v1")), add("a", dv("v2")) + remove("a", dv("v1"))});
  EXPECT_THAT(files(state), testing::ElementsAre("a#uv2"));
}

TEST(LogReplay, OnTopOfAnEarlierState) {
  const TableState base = replay({kStart + add("a") + add("b") + add("c")});
  const TableState next = replay({remove("b") + add("d"), remove("d") + add("e") + remove("a")}, base);
  EXPECT_THAT(files(next), testing::ElementsAre("c", "e"));
  EXPECT_THAT(files(base), testing::ElementsAre("a", "b", "c"));  // snapshots don't change
  EXPECT_EQ(next.files.parts[0].block, base.files.parts[0].block);
  EXPECT_TRUE(next.files.find("c", ""));
  EXPECT_FALSE(next.files.find("a", ""));
  EXPECT_EQ(next.protocol, base.protocol);
}

TEST(LogReplay, ReAddedOnTopOfTheBase) {
  const TableState base = replay({kStart + add("a")});
  EXPECT_THAT(files(replay({remove("a"), add("a")}, base)), testing::ElementsAre("a"));
  EXPECT_THAT(files(replay({add("a"), remove("a")}, base)), testing::ElementsAre());
}

TEST(LogReplay, ManySmallBlocksBecomeOne) {
  TableState state = replay({kStart + add("first")});
  for (int i = 0; i < 40; ++i) state = replay({add(fmt::format("f{}", i))}, state);
  EXPECT_EQ(state.files.listed(), 41u);
  EXPECT_LE(state.files.parts.size(), 17u);
  EXPECT_TRUE(state.files.find("f3", ""));
}

TEST(LogReplay, TransactionsAndDomains) {
  const TableState state = replay({kStart + std::string(R"({"txn":{"appId":"a","version":1}}
{"domainMetadata":{"domain":"d","configuration":"1","removed":false}}
{"domainMetadata":{"domain":"e","configuration":"1","removed":false}})"),
                                   R"({"txn":{"appId":"a","version":7}}
{"domainMetadata":{"domain":"d","configuration":"1","removed":true}}
{"domainMetadata":{"domain":"e","configuration":"2","removed":false}})"});
  EXPECT_EQ(state.transactions.at("a").version, 7);
  EXPECT_FALSE(state.domains.contains("d"));
  EXPECT_EQ(state.domains.at("e").configuration, "2");
}

TEST(LogReplay, NeedsProtocolAndMetadata) {
  auto failure = [](const std::string& commit) {
    try {
      replay({commit});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_THAT(failure(add("a")), testing::HasSubstr("no protocol action"));
  EXPECT_THAT(failure(R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"),
              testing::HasSubstr("no metaData action"));
}

}  // namespace
}  // namespace lakelet::delta
