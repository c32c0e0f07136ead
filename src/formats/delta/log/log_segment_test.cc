#include "formats/delta/log/log_segment.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

LogListing listing(const std::vector<std::string>& names) {
  std::vector<ObjectInfo> objects;
  for (const std::string& name : names) objects.push_back({"/t/_delta_log/" + name, 1, 1});
  return classify(objects);
}

std::vector<std::string> commits(Version first, Version last) {
  std::vector<std::string> names;
  for (Version version = first; version <= last; ++version) names.push_back(commit_name(version));
  return names;
}

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::string failure(ErrorCode code, const LogListing& log, std::optional<Version> version = std::nullopt) {
  try {
    choose_segment(log, version, "t");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.message();
  }
  return "no error";
}

TEST(LogSegment, FromCommitsAlone) {
  const LogSegment segment = choose_segment(listing(commits(0, 4)), std::nullopt, "t");
  EXPECT_EQ(segment.version, 4);
  EXPECT_FALSE(segment.checkpoint);
  EXPECT_EQ(segment.commits.size(), 5u);
  EXPECT_EQ(choose_segment(listing(commits(0, 4)), 2, "t").commits.size(), 3u);
}

std::string compaction_name(Version first, Version last) {
  return fmt::format("{:020}.{:020}.compacted.json", first, last);
}

TEST(LogSegment, CompactionsThatCoverNeededCommits) {
  const auto chosen = [](const LogListing& log, std::optional<Version> version = std::nullopt) {
    std::vector<std::pair<Version, Version>> ranges;
    for (const CompactedCommits& each : choose_segment(log, version, "t").compactions)
      ranges.emplace_back(each.first, each.last);
    return ranges;
  };
  using Ranges = std::vector<std::pair<Version, Version>>;
  const LogListing log =
      listing(commits(0, 20) + std::vector{compaction_name(0, 4), compaction_name(0, 9), compaction_name(3, 12),
                                           compaction_name(11, 14), compaction_name(12, 19), compaction_name(20, 20)});
  EXPECT_EQ(chosen(log), (Ranges{{0, 9}, {11, 14}}));
  EXPECT_EQ(chosen(log, 8), (Ranges{{0, 4}}));
  EXPECT_EQ(chosen(log, 13), (Ranges{{0, 9}}));
  EXPECT_EQ(chosen(listing(commits(0, 20) + std::vector{compaction_name(8, 14), checkpoint_name(10)})), Ranges{});
  EXPECT_EQ(chosen(listing(commits(0, 20) + std::vector{compaction_name(11, 20), checkpoint_name(10)})),
            (Ranges{{11, 20}}));
  // It replaces commits in reading, not in the log.
  EXPECT_NE(
      failure(ErrorCode::CorruptTable, listing(std::vector{commit_name(0), compaction_name(0, 2), commit_name(3)})),
      "no error");
}

TEST(LogSegment, TheNewestCheckpointThatServes) {
  const LogListing log = listing(commits(0, 12) + std::vector{checkpoint_name(5), checkpoint_name(10)});
  const LogSegment newest = choose_segment(log, std::nullopt, "t");
  EXPECT_EQ(newest.checkpoint->version, 10);
  EXPECT_EQ(newest.commits.size(), 2u);
  EXPECT_EQ(newest.last_commit->version, 12);
  EXPECT_EQ(choose_segment(log, 9, "t").checkpoint->version, 5);
  EXPECT_FALSE(choose_segment(log, 4, "t").checkpoint);
  const LogSegment exact = choose_segment(log, 10, "t");
  EXPECT_TRUE(exact.commits.empty());
  EXPECT_EQ(exact.last_commit->version, 10);
}

TEST(LogSegment, MultiPartOnlyWithAllItsParts) {
  const auto parts = std::vector{checkpoint_part_name(3, 1, 3), checkpoint_part_name(3, 3, 3)};
  EXPECT_FALSE(choose_segment(listing(commits(0, 3) + parts), std::nullopt, "t").checkpoint);
  const LogSegment whole =
      choose_segment(listing(commits(0, 3) + parts + std::vector{checkpoint_part_name(3, 2, 3)}), std::nullopt, "t");
  ASSERT_TRUE(whole.checkpoint);
  ASSERT_EQ(whole.checkpoint->parts.size(), 3u);
  EXPECT_THAT(whole.checkpoint->parts[1].path, testing::EndsWith("0000000002.0000000003.parquet"));
}

TEST(LogSegment, AfterCleanUpTheCheckpointIsTheStart) {
  const LogListing log = listing(commits(8, 10) + std::vector{checkpoint_name(8)});
  EXPECT_EQ(choose_segment(log, std::nullopt, "t").version, 10);
  EXPECT_EQ(failure(ErrorCode::NotFound, log, 5), "version 5 of t was removed by log clean-up: versions 8 to 10 exist");
  EXPECT_EQ(failure(ErrorCode::NotFound, log, 11), "version 11 of t doesn't exist: versions 8 to 10 do");
}

TEST(LogSegment, SaysWhichVersionsExist) {
  EXPECT_EQ(failure(ErrorCode::NotFound, listing(commits(0, 4)), 99),
            "version 99 of t doesn't exist: versions 0 to 4 do");
  EXPECT_EQ(failure(ErrorCode::NotFound, listing(commits(0, 0)), 1),
            "version 1 of t doesn't exist: only version 0 does");
}

TEST(LogSegment, NamesTheMissingCommitsOfAGap) {
  EXPECT_EQ(failure(ErrorCode::CorruptTable, listing(commits(0, 1) + commits(3, 4) + commits(7, 7))),
            "the log of t lacks commits: 2, 5 to 6, and there is no checkpoint");
  EXPECT_EQ(failure(ErrorCode::CorruptTable, listing(commits(12, 12) + std::vector{checkpoint_name(10)})),
            "the log of t lacks commits: 11 after its checkpoint of version 10");
  EXPECT_EQ(failure(ErrorCode::CorruptTable, listing(commits(4, 6))),
            "the log of t lacks commits: 0 to 3, and there is no checkpoint");
  // What lies before the gap can be read.
  EXPECT_EQ(choose_segment(listing(commits(0, 1) + commits(3, 4)), 1, "t").commits.size(), 2u);
}

TEST(LogSegment, IgnoresOtherFiles) {
  const LogListing log =
      listing(commits(0, 0) + std::vector<std::string>{"_last_checkpoint", "x.tmp", "00000000000000000001.json.tmp",
                                                       "00000000000000000001.crc"});
  EXPECT_EQ(choose_segment(log, std::nullopt, "t").version, 0);
  EXPECT_TRUE(listing({"readme.md"}).empty());
}

}  // namespace
}  // namespace lakelet::delta
