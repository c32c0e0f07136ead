#include "storage/path.h"

#include <gtest/gtest.h>

namespace lakelet {
namespace {

TEST(Path, Normalises) {
  EXPECT_EQ(normalise_path("/a//b/./c/"), "/a/b/c");
  EXPECT_EQ(normalise_path("/a/../b"), "/b");
  EXPECT_EQ(normalise_path("/../../a"), "/a");
  EXPECT_EQ(normalise_path("a/../../b"), "b");
  EXPECT_EQ(normalise_path("/"), "/");
  EXPECT_EQ(normalise_path("//"), "/");
  EXPECT_EQ(normalise_path("."), "");
  EXPECT_EQ(normalise_path("/a/..b/.c/d.."), "/a/..b/.c/d..");
}

TEST(Path, SplitsAndJoins) {
  EXPECT_EQ(parent_path("/a/b"), "/a");
  EXPECT_EQ(parent_path("/a"), "/");
  EXPECT_EQ(parent_path("/"), "/");
  EXPECT_EQ(parent_path("a"), "");
  EXPECT_EQ(parent_path("/a/"), "/a");
  EXPECT_EQ(last_part("/a/b"), "b");
  EXPECT_EQ(last_part("/a/"), "");
  EXPECT_EQ(last_part("a"), "a");
  EXPECT_EQ(join_path("/a", "b"), "/a/b");
  EXPECT_EQ(join_path("/", "b"), "/b");
  EXPECT_EQ(join_path("", "b"), "b");
}

TEST(Path, KnowsWhatAFolderCanStillHold) {
  EXPECT_TRUE(reaches_beyond("/a/b/", ""));
  EXPECT_TRUE(reaches_beyond("/a/b/", "/a/b/c"));
  EXPECT_TRUE(reaches_beyond("/a/b/", "/a/b"));
  EXPECT_TRUE(reaches_beyond("/a/b/", "/a/a/z"));
  EXPECT_FALSE(reaches_beyond("/a/b/", "/a/b0"));
  EXPECT_FALSE(reaches_beyond("/a/b/", "/a/c"));
}

}  // namespace
}  // namespace lakelet
