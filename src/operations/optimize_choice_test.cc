#include "operations/optimize_choice.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace lakelet::operations {
namespace {

constexpr std::uint64_t kMega = 1 << 20;

FileFacts file(std::uint64_t bytes, std::size_t partition = 0, std::int64_t deleted = 0) {
  FileFacts facts;
  facts.partition = partition;
  facts.bytes = bytes;
  facts.rows = 1000;
  facts.deleted = deleted;
  return facts;
}
FileFacts placed(std::uint64_t bytes, const std::string& by) {
  FileFacts facts = file(bytes);
  facts.rewriting = by;
  return facts;
}
ChoiceRules rules(std::uint64_t target = 100 * kMega) {
  ChoiceRules made;
  made.target_bytes = target;
  return made;
}

TEST(OptimizeChoice, SmallFilesOfAPartitionGoTogether) {
  const auto groups = choose_files({file(kMega, 1), file(kMega, 2), file(2 * kMega, 1), file(90 * kMega, 1)}, rules());
  ASSERT_EQ(groups.size(), 1u);  // of partition 2 there is one only
  EXPECT_EQ(groups[0].partition, 1u);
  EXPECT_EQ(groups[0].files, (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(groups[0].bytes, 3 * kMega);
}

TEST(OptimizeChoice, FilesThatWouldBeNoFewerStay) {
  EXPECT_TRUE(choose_files({file(74 * kMega)}, rules()).empty());
  EXPECT_TRUE(choose_files({}, rules()).empty());
  EXPECT_TRUE(choose_files({file(75 * kMega), file(75 * kMega), file(75 * kMega)}, rules()).empty());
  EXPECT_EQ(choose_files({file(74 * kMega), file(74 * kMega)}, rules()).size(), 1u);  // 148 go into one
}

TEST(OptimizeChoice, NewFilesAreLargeEnough) {
  EXPECT_EQ(files_for(0, 100), 1);
  EXPECT_EQ(files_for(100, 100), 1);
  EXPECT_EQ(files_for(149, 100), 1);
  EXPECT_EQ(files_for(150, 100), 2);
  EXPECT_EQ(files_for(1000, 100), 10);
  EXPECT_EQ(files_for(1001, 100), 11);
  for (std::uint64_t bytes = 1; bytes < 5000; ++bytes) {
    const auto count = static_cast<std::uint64_t>(files_for(bytes, 100));
    if (count > 1) {
      EXPECT_GE(bytes / count, 75u) << bytes;
    }
    EXPECT_LT(bytes, count * 150) << bytes;
  }
}

TEST(OptimizeChoice, DeletedRowsGo) {
  auto with = rules();
  const std::vector<FileFacts> files = {file(500 * kMega, 0, 51), file(500 * kMega, 0, 50), file(500 * kMega, 0, 0)};
  auto groups = choose_files(files, with);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].files, std::vector<std::size_t>{0});
  EXPECT_LT(groups[0].live_bytes, groups[0].bytes);
  with.most_deleted = 0;
  with.only_deleted = true;
  groups = choose_files({files[0], files[1], files[2], file(kMega), file(kMega)}, with);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].files, (std::vector<std::size_t>{0, 1}));
}

TEST(OptimizeChoice, DeletesThatNobodyCountedGo) {
  FileFacts unknown = file(500 * kMega);
  unknown.deleted.reset();
  EXPECT_EQ(choose_files({unknown}, rules()).size(), 1u);
  FileFacts rows_unknown = file(500 * kMega, 0, 1);
  rows_unknown.rows.reset();
  EXPECT_EQ(choose_files({rows_unknown}, rules()).size(), 1u);
}

TEST(OptimizeChoice, GroupsHaveALimit) {
  auto with = rules();
  with.most_group_bytes = 10 * kMega;
  const auto groups = choose_files(std::vector<FileFacts>(25, file(kMega)), with);
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0].files.size(), 10u);
  EXPECT_EQ(groups[2].files.size(), 5u);
}

TEST(OptimizeChoice, WhatIsPlacedStaysUntilThereIsMore) {
  auto with = rules();
  with.place = true;
  EXPECT_EQ(choose_files({file(500 * kMega)}, with).size(), 1u);
  EXPECT_TRUE(choose_files({placed(500 * kMega, "a"), placed(kMega, "a"), placed(kMega, "b")}, with).empty());
  // A little beside much: placed alone. Much: together.
  auto groups = choose_files({placed(500 * kMega, "a"), file(kMega)}, with);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].files, std::vector<std::size_t>{1});
  groups = choose_files({placed(300 * kMega, "a"), file(kMega), placed(3 * kMega, "b"), file(80 * kMega)}, with);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].files, (std::vector<std::size_t>{0, 1, 2, 3}));
  with.full = true;
  EXPECT_EQ(choose_files({placed(500 * kMega, "a")}, with).size(), 1u);
}

TEST(OptimizeChoice, FilesOfOthersAreLeftAlone) {
  FileFacts theirs = file(kMega, 0, 900);
  theirs.untouchable = true;
  auto with = rules();
  EXPECT_TRUE(choose_files({theirs, theirs}, with).empty());
  with.place = with.full = true;
  EXPECT_TRUE(choose_files({theirs, theirs}, with).empty());
}

// Whatever files there are: each is in one group at most, and once the groups are written as planned nothing is left.
TEST(OptimizeChoice, ASecondRunFindsNothing) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<FileFacts> files;
    for (int i = random() % 40; i >= 0; --i) {
      files.push_back(file(1 + random() % (150 * kMega), random() % 3, random() % 3 ? 0 : random() % 1000));
    }
    auto with = rules();
    with.place = random() % 2;
    const auto groups = choose_files(files, with);
    std::set<std::size_t> seen;
    std::vector<FileFacts> after;
    for (const FileGroup& group : groups) {
      for (const auto index : group.files) ASSERT_TRUE(seen.insert(index).second);
      const auto count = static_cast<std::uint64_t>(files_for(group.live_bytes, with.target_bytes));
      for (std::uint64_t i = 0; i < count; ++i) {
        FileFacts made = file(group.live_bytes / count, group.partition);
        if (with.place) made.rewriting = "now" + std::to_string(group.partition);
        after.push_back(made);
      }
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (!seen.contains(i)) after.push_back(files[i]);
    }
    EXPECT_TRUE(choose_files(after, with).empty()) << "round " << round;
  }
}

}  // namespace
}  // namespace lakelet::operations
