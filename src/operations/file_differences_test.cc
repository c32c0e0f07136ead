#include "operations/file_differences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "table/given_files.h"

namespace lakelet::operations {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FileTask file_with(const std::string& name, const std::vector<std::uint64_t>& deleted = {}) {
  FileTask task;
  task.file.path = name;
  task.file.uri = "memory://t/" + name;
  task.file.bytes = 100;
  if (deleted.empty()) return task;
  RowPositions positions;
  for (const std::uint64_t position : deleted) positions.add(position);
  task.deletes.positions = std::make_shared<const RowPositions>(std::move(positions));
  return task;
}

DifferingFiles compare(std::vector<FileTask> before, std::vector<FileTask> after) {
  const auto snapshot = [](std::vector<FileTask> files) {
    return std::make_shared<GivenSnapshot>(SnapshotFacts{}, std::move(files));
  };
  return differing_files(*snapshot(std::move(before)), *snapshot(std::move(after)));
}

std::vector<std::string> paths(const std::vector<FileTask>& tasks) {
  std::vector<std::string> result;
  for (const FileTask& task : tasks) result.push_back(task.file.path);
  return result;
}

TEST(FileDifferences, CommonFilesArentRead) {
  const auto differing = compare({file_with("a"), file_with("b", {1, 2}), file_with("c")},
                                 {file_with("b", {1, 2}), file_with("d"), file_with("a")});
  EXPECT_THAT(paths(differing.before), ElementsAre("c"));
  EXPECT_THAT(paths(differing.after), ElementsAre("d"));
  EXPECT_EQ(differing.counts.common, 2);
  EXPECT_EQ(differing.counts.added, 1);
  EXPECT_EQ(differing.counts.removed, 1);
  EXPECT_THAT(differing.added, ElementsAre("d"));
  EXPECT_THAT(differing.removed, ElementsAre("c"));
}

TEST(FileDifferences, OfAFileWithOtherDeletesOnlyThoseRowsAreRead) {
  const auto differing = compare({file_with("a", {1, 2}), file_with("b"), file_with("c", {4})},
                                 {file_with("a", {2, 3}), file_with("b", {7}), file_with("c")});
  EXPECT_EQ(differing.counts.rows_removed, 3);
  ASSERT_THAT(paths(differing.before), ElementsAre("a", "b"));
  ASSERT_THAT(paths(differing.after), ElementsAre("a", "c"));
  EXPECT_THAT(differing.before[0].only->to_vector(), ElementsAre(3));  // there before, gone now
  EXPECT_THAT(differing.before[1].only->to_vector(), ElementsAre(7));
  EXPECT_THAT(differing.after[0].only->to_vector(), ElementsAre(1));  // came back
  EXPECT_THAT(differing.after[1].only->to_vector(), ElementsAre(4));
}

TEST(FileDifferences, AnEmptySetOfDeletesIsNone) {
  FileTask empty = file_with("a");
  empty.deletes.positions = std::make_shared<const RowPositions>();
  const auto differing = compare({empty}, {file_with("a")});
  EXPECT_THAT(differing.before, IsEmpty());
  EXPECT_EQ(differing.counts.common, 1);
}

TEST(FileDifferences, WhatMoreThanPositionsTellIsReadAsAWhole) {
  FileTask equality = file_with("a");
  equality.deletes.equality.push_back({"memory://t/delete", {1}, 3, {}, "parquet"});
  auto differing = compare({file_with("a")}, {equality});
  EXPECT_THAT(paths(differing.before), ElementsAre("a"));
  EXPECT_THAT(paths(differing.after), ElementsAre("a"));
  EXPECT_FALSE(differing.before[0].only);
  FileTask constant = file_with("a");
  constant.constants["x"] = Value(1);
  differing = compare({constant}, {constant});
  EXPECT_EQ(differing.before.size() + differing.after.size(), 2u);
}

}  // namespace
}  // namespace lakelet::operations
