#include "formats/delta/upkeep/file_retention.h"

#include "base/time.h"
#include "formats/delta/files/file_path.h"
#include "formats/delta/write/log_fixture.h"

namespace lakelet::delta {
namespace {

using Standing = FileRetention::Standing;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kHourUs = std::int64_t{3600} * 1'000'000;

TEST(HiddenPaths, NamesThatBeginWithUnderscoreOrDot) {
  for (const char* path : {"_delta_log/0.json", "_x", ".part.crc", "a/_tmp/b", "a/.b", "_delta_index/a",
                           "a/_change_data/b", "_change_data", "_p"}) {
    EXPECT_TRUE(is_hidden(path, {"p"})) << path;
  }
  for (const char* path :
       {"a.parquet", "p=1/a.parquet", "_change_data/a.parquet", "_change_data/p=1/a.parquet", "aB/x"}) {
    EXPECT_FALSE(is_hidden(path, {"p"})) << path;
  }
  EXPECT_FALSE(is_hidden("_p=1/a.parquet", {"_p"}));
  EXPECT_TRUE(is_hidden("_p=1/a.parquet", {"p"}));
  EXPECT_TRUE(is_hidden("_p=1/_a.parquet", {"_p"}));
}

class FileRetentionTest : public LogFixture {
 protected:
  // Commits of one millisecond count as one after the other: none is younger than this.
  static constexpr std::int64_t kLaterUs = 1'000'000;

  FileRetentionTest() { create("id bigint"); }

  std::optional<std::string> below(const std::string& path) { return path_below(*context_.stores, location_, path); }
  Version put_next(const std::vector<Action>& actions) {
    const Version version = latest()->version() + 1;
    put(version, actions);
    return version;
  }
  static AddFile add(const std::string& path) { return {.path = path, .size = 10, .stats = "{\"numRecords\":1}"}; }
  static RemoveFile remove(const std::string& path, std::int64_t deleted_ms) {
    return {.path = path, .deletion_timestamp_ms = deleted_ms};
  }
  std::unique_ptr<FileRetention> retention(std::int64_t retention_us, bool by_log = true, std::int64_t later_us = 0) {
    return make_retention(latest(),
                          {.retention_us = retention_us, .now_us = now_us() + kLaterUs + later_us, .by_log = by_log});
  }
  static std::vector<std::string> removed(const FileRetention& retention) {
    std::vector<std::string> out;
    retention.each_removed([&](const std::string& path) {
      out.push_back(path);
      return true;
    });
    std::sort(out.begin(), out.end());
    return out;
  }
};

TEST_F(FileRetentionTest, PathsOfTheLogAreThoseOfTheStore) {
  EXPECT_EQ(below("a.parquet"), "a.parquet");
  EXPECT_EQ(below("p=a%20b/x.parquet"), "p=a b/x.parquet");
  EXPECT_EQ(below("p=a%2520b/x.parquet"), "p=a%20b/x.parquet");
  EXPECT_EQ(below("memory://x/t/a.parquet"), "a.parquet");
  EXPECT_EQ(below("t=12:00/a.parquet"), "t=12:00/a.parquet");
  EXPECT_EQ(below("./b/../a.parquet"), "a.parquet");
  EXPECT_EQ(below("memory://x/other/a.parquet"), std::nullopt);
  EXPECT_EQ(below("/x/t/a.parquet"), std::nullopt);
  EXPECT_EQ(below("../other/a.parquet"), std::nullopt);
  EXPECT_EQ(below("s3://bucket/t/a.parquet"), std::nullopt);
}

TEST_F(FileRetentionTest, LiveFilesAreNeeded) {
  put_next({add("a.parquet"), add("p=a%20b/b.parquet")});
  const auto kept = retention(0);
  EXPECT_EQ(kept->standing("a.parquet"), Standing::Needed);
  EXPECT_EQ(kept->standing("p=a b/b.parquet"), Standing::Needed);
  EXPECT_EQ(kept->standing("p=a%20b/b.parquet"), Standing::Unnamed);
  EXPECT_EQ(kept->standing("other.parquet"), Standing::Unnamed);
  EXPECT_EQ(kept->standing("_delta_log/00000000000000000000.json"), Standing::Exempt);
  EXPECT_EQ(kept->standing("_unknown/x"), Standing::Exempt);
  EXPECT_THAT(removed(*kept), IsEmpty());
}

TEST_F(FileRetentionTest, WhatALateCommitRemovedIsNeededWhateverItsTombstoneSays) {
  put_next({add("a.parquet")});
  put_next({remove("a.parquet", 1)});  // of 1970, by its writer's clock
  EXPECT_EQ(retention(kHourUs)->standing("a.parquet"), Standing::Needed);
  EXPECT_EQ(retention(0)->standing("a.parquet"), Standing::Removed);
  EXPECT_THAT(removed(*retention(0)), ElementsAre("a.parquet"));
  EXPECT_THAT(removed(*retention(kHourUs)), IsEmpty());
  EXPECT_THAT(removed(*retention(kHourUs, true, 2 * kHourUs)), ElementsAre("a.parquet"));
}

TEST_F(FileRetentionTest, AYoungTombstoneCounts) {
  put_next({add("a.parquet")});
  put_next({remove("a.parquet", now_us() / 1000 + 3'600'000)});
  EXPECT_EQ(retention(0)->standing("a.parquet"), Standing::Needed);
}

TEST_F(FileRetentionTest, AFileThatCameBackIsNeeded) {
  put_next({add("a.parquet")});
  put_next({remove("a.parquet", 1)});
  put_next({add("a.parquet")});
  EXPECT_EQ(retention(0)->standing("a.parquet"), Standing::Needed);
  EXPECT_THAT(removed(*retention(0)), IsEmpty());
}

TEST_F(FileRetentionTest, DeletionVectorsAreFilesToo) {
  const DeletionVectorDescriptor first{'u', "ab^-aqEH.-t@S}K{vb[*k^", 1, 40, 2},
      second{'u', "cd^-aqEH.-t@S}K{vb[*k^", 1, 40, 3};
  const DeletionVectorDescriptor elsewhere{'p', "memory://x/other/dv.bin", 1, 40, 3},
      embedded{'i', "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L", {}, 40, 6};
  AddFile with_first = add("a.parquet"), with_second = add("a.parquet");
  with_first.deletion_vector = first;
  with_second.deletion_vector = second;
  AddFile foreign = add("b.parquet"), inside = add("c.parquet");
  foreign.deletion_vector = elsewhere;
  inside.deletion_vector = embedded;
  Protocol protocol{3, 7, {"deletionVectors"}, {"deletionVectors"}};
  put_next({protocol, with_first, foreign, inside});
  RemoveFile gone = remove("a.parquet", 1);
  gone.deletion_vector = first;
  put_next({gone, with_second});
  const auto kept = retention(0);
  EXPECT_EQ(kept->standing("a.parquet"), Standing::Needed);
  EXPECT_THAT(removed(*kept), ElementsAre(testing::StartsWith("ab/deletion_vector_")));
  EXPECT_EQ(kept->standing(removed(*kept).front()), Standing::Removed);
  EXPECT_THAT(removed(*retention(kHourUs)), IsEmpty());
}

TEST_F(FileRetentionTest, ChangeDataOfOldCommitsGoes) {
  put_next({add("a.parquet"), Cdc{.path = "_change_data/c.parquet", .size = 1}});
  EXPECT_THAT(removed(*retention(0)), ElementsAre("_change_data/c.parquet"));
  EXPECT_EQ(retention(kHourUs)->standing("_change_data/c.parquet"), Standing::Needed);
}

TEST_F(FileRetentionTest, FilesOfOthersAreNeverNamed) {
  put_next({add("memory://x/source/a.parquet"), add("b.parquet")});
  put_next({remove("memory://x/source/a.parquet", 1), remove("b.parquet", 1)});
  EXPECT_THAT(removed(*retention(0)), ElementsAre("b.parquet"));
}

TEST_F(FileRetentionTest, WithoutTheLogsCommitsItsTombstonesAreEnough) {
  put_next({add("a.parquet")});
  put_next({remove("a.parquet", 1)});
  EXPECT_EQ(retention(0, false)->standing("a.parquet"), Standing::Removed);
}

TEST_F(FileRetentionTest, TheTablesOwnRetention) {
  set("delta.deletedFileRetentionDuration", "interval 2 hours");
  const auto kept = make_retention(latest(), {.now_us = 10 * kHourUs});
  EXPECT_EQ(kept->least_retention_us(), 2 * kHourUs);
  EXPECT_EQ(kept->retention_us(), 2 * kHourUs);
  EXPECT_EQ(kept->cutoff_us(), 8 * kHourUs);
}

}  // namespace
}  // namespace lakelet::delta
