#include "formats/delta/feed/commit_changes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakelet::delta {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string vector(const std::string& name) {
  if (name.empty()) return "";
  return fmt::format(
      R"(,"deletionVector":{{"storageType":"p","pathOrInlineDv":"{}","offset":1,"sizeInBytes":40,"cardinality":2}})",
      name);
}
std::string add(const std::string& path, const std::string& dv = "", bool data_change = true) {
  return fmt::format(
             R"({{"add":{{"path":"{}","partitionValues":{{"p":"1"}},"size":10,"modificationTime":1,"dataChange":{}{}}}}})",
             path, data_change, vector(dv)) +
         "\n";
}
std::string remove(const std::string& path, const std::string& dv = "", bool data_change = true) {
  return fmt::format(R"({{"remove":{{"path":"{}","partitionValues":{{"p":"1"}},"size":10,"dataChange":{}{}}}}})", path,
                     data_change, vector(dv)) +
         "\n";
}

// "delete a among x without y"
std::vector<std::string> changes(const std::string& commit) {
  CommitChanges found;
  ActionReader().read(commit, "commit", found);
  std::vector<std::string> result;
  for (const FileChange& change : found.take_changes()) {
    std::string text = fmt::format("{} {}", change.type ? to_string(*change.type) : "told by rows", change.path);
    if (change.among) text += " among " + change.among->path_or_inline_dv;
    if (change.without) text += " without " + change.without->path_or_inline_dv;
    result.push_back(std::move(text));
  }
  return result;
}

TEST(CommitChanges, AddsAreInsertsAndRemovesAreDeletes) {
  EXPECT_THAT(changes(add("a") + remove("b")), ElementsAre("delete b", "insert a"));
  EXPECT_THAT(changes(add("a", "x") + remove("b", "y")), ElementsAre("delete b without y", "insert a without x"));
}

TEST(CommitChanges, WhatChangesNoDataIsNoChange) {
  EXPECT_THAT(changes(add("a", "", false) + remove("b", "", false)), IsEmpty());
  EXPECT_THAT(changes(add("a", "", false) + remove("b")), ElementsAre("delete b"));
}

TEST(CommitChanges, ChangeDataFilesAreReadAlone) {
  const std::string cdc = R"({"cdc":{"path":"_change_data/c","partitionValues":{},"size":3,"dataChange":false}})";
  EXPECT_THAT(changes(add("a") + cdc + "\n" + remove("b")), ElementsAre("told by rows _change_data/c"));
}

// Whatever the order of the two, and however the path is spelled.
TEST(CommitChanges, AChangedDeletionVectorIsTheRowsThatDiffer) {
  EXPECT_THAT(changes(remove("a") + add("a", "x")), ElementsAre("delete a among x"));
  EXPECT_THAT(changes(add("a", "x") + remove("a")), ElementsAre("delete a among x"));
  EXPECT_THAT(changes(remove("a", "x") + add("a")), ElementsAre("insert a among x"));
  EXPECT_THAT(changes(remove("%61", "x") + add("a", "y")),
              ElementsAre("delete %61 among y without x", "insert a among x without y"));
  EXPECT_THAT(changes(remove("a", "x") + add("a", "x")), IsEmpty());
  EXPECT_THAT(changes(remove("a") + add("a")), IsEmpty());
}

TEST(CommitChanges, AnIdleMergeChangedNothing) {
  const auto merge = [](const std::string& updated) {
    return R"({"commitInfo":{"operation":"MERGE","operationMetrics":{"numTargetRowsInserted":"0",)"
           R"("numTargetRowsUpdated":")" +
           updated + R"(","numTargetRowsDeleted":"0"}}})" + "\n";
  };
  EXPECT_THAT(changes(merge("0") + remove("a") + add("b")), IsEmpty());
  EXPECT_THAT(changes(merge("1") + remove("a") + add("b")), ElementsAre("delete a", "insert b"));
}

TEST(CommitChanges, RemovesMayLackPartitionValues) {
  CommitChanges found;
  ActionReader().read(R"({"remove":{"path":"a","dataChange":true}})", "commit", found);
  const auto result = found.take_changes();
  ASSERT_EQ(result.size(), 1u);
  EXPECT_FALSE(result[0].has_partition_values);
  // The add of the same file has them.
  CommitChanges pair;
  ActionReader().read(R"({"remove":{"path":"a","dataChange":true}})"
                      "\n" +
                          add("a", "x"),
                      "commit", pair);
  const auto paired = pair.take_changes();
  ASSERT_EQ(paired.size(), 1u);
  EXPECT_EQ(paired[0].partition_values.at("p"), "1");
}

}  // namespace
}  // namespace lakelet::delta
