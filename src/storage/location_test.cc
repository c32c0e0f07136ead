#include "storage/location.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "storage/memory/memory_store.h"

namespace lakelet {
namespace {

class LocationTest : public ::testing::Test {
 protected:
  std::string path_of(const std::string& uri) { return stores_.resolve(uri).path; }
  ErrorCode refusal_of(const std::string& uri) {
    try {
      stores_.resolve(uri);
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(uri), std::string::npos) << error.what();
      return error.code();
    }
    ADD_FAILURE() << uri << " was accepted";
    return ErrorCode::Internal;
  }

  StoreRegistry stores_{"/home/folder"};
};

TEST_F(LocationTest, PlainPathsAreTakenAsTheyStand) {
  EXPECT_EQ(path_of("/lake/t"), "/lake/t");
  EXPECT_EQ(path_of("/lake//./t/x/../"), "/lake/t");
  EXPECT_EQ(path_of("/a%20b"), "/a%20b");
  EXPECT_EQ(path_of("t"), "/home/folder/t");
  EXPECT_EQ(path_of("./t/"), "/home/folder/t");
  EXPECT_EQ(path_of("../t"), "/home/t");
  EXPECT_EQ(path_of("."), "/home/folder");
  EXPECT_EQ(path_of("/"), "/");
  EXPECT_EQ(path_of("x=12:30"), "/home/folder/x=12:30");
  EXPECT_EQ(path_of("1://a"), "/home/folder/1:/a");
}

TEST_F(LocationTest, FileUrisInEverySpellingAreDecoded) {
  for (const char* uri : {"file:/a%20b/c", "file:///a%20b/c/", "file://localhost/a%20b/c", "FILE:///a b/c"}) {
    const Location location = stores_.resolve(uri);
    EXPECT_EQ(location.path, "/a b/c") << uri;
    EXPECT_EQ(location.uri, "/a b/c") << uri;
    EXPECT_EQ(location.store, stores_.resolve("/x").store) << uri;
  }
  EXPECT_EQ(path_of("file:///a%2520b"), "/a%20b");
  EXPECT_EQ(refusal_of("file://host/a"), ErrorCode::InvalidArgument);
  EXPECT_EQ(refusal_of("file:a"), ErrorCode::InvalidArgument);
  EXPECT_EQ(refusal_of("file://"), ErrorCode::InvalidArgument);
}

TEST_F(LocationTest, MemoryStoresLiveByTheirName) {
  const Location a = stores_.resolve("memory://tests/lake/t");
  EXPECT_EQ(a.path, "lake/t");
  EXPECT_EQ(a.uri, "memory://tests/lake/t");
  EXPECT_EQ(a.store, stores_.resolve("memory://tests").store);
  EXPECT_NE(a.store, stores_.resolve("memory://other/lake/t").store);
  EXPECT_NE(a.store, stores_.resolve("memory:///lake/t").store);
  EXPECT_EQ(a.store, stores_.resolve("memory://tests/x").store);
  EXPECT_EQ(path_of("memory://tests"), "");
  EXPECT_EQ(path_of("memory:///lake/t"), "/lake/t");
}

TEST_F(LocationTest, ChildrenResolveToThemselves) {
  for (const char* uri : {"/lake/t", "/", "memory://tests", "memory://tests/t", "memory:///t"}) {
    const Location child = stores_.resolve(uri).child("p=a b/x%20.parquet");
    EXPECT_TRUE(child.path.ends_with("p=a b/x%20.parquet"));
    const Location again = stores_.resolve(child.uri);
    EXPECT_EQ(again.path, child.path) << uri;
    EXPECT_EQ(again.uri, child.uri) << uri;
    EXPECT_EQ(again.store, child.store) << uri;
  }
}

TEST_F(LocationTest, RefusesWhatNobodyServes) {
  EXPECT_EQ(refusal_of("s3://bucket/t"), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(refusal_of("gs://bucket/t"), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(refusal_of("abfss://c@account/t"), ErrorCode::UnsupportedFeature);
  EXPECT_EQ(refusal_of("gopher://host/t"), ErrorCode::InvalidArgument);
  EXPECT_EQ(refusal_of(""), ErrorCode::InvalidArgument);
  EXPECT_THROW(stores_.resolve(std::string("/a\0b", 4)), Error);
}

TEST_F(LocationTest, AServedStoreTakesOver) {
  const auto any = std::make_shared<MemoryStore>();
  const auto one = std::make_shared<MemoryStore>();
  stores_.serve("faulty", "", any);
  stores_.serve("faulty", "one", one);
  EXPECT_EQ(stores_.resolve("faulty://x/t").store, any);
  EXPECT_EQ(stores_.resolve("faulty://one/t").store, one);
  EXPECT_EQ(stores_.resolve("faulty:///tmp/t").path, "/tmp/t");
  EXPECT_EQ(stores_.resolve("faulty:///tmp/t").uri, "faulty:///tmp/t");
  stores_.serve("", "", any);
  EXPECT_EQ(stores_.resolve("/t").store, any);
  EXPECT_EQ(stores_.resolve("file:///t").store, any);
  stores_.serve("s3", "bucket", one);
  EXPECT_EQ(stores_.resolve("s3://bucket/t").store, one);
}

TEST_F(LocationTest, AConfinedRegistryReachesItsFoldersAlone) {
  stores_.confine({"/lake/a", "memory://tests/x/"});
  for (const char* inside :
       {"/lake/a", "/lake/a/", "/lake/a/t", "file:///lake/a/t", "/lake/b/../a/t", "memory://tests/x/t"}) {
    EXPECT_NO_THROW(stores_.resolve(inside)) << inside;
  }
  for (const char* outside : {"/lake", "/lake/ab", "/lake/a/../b", "/", "file:///lake/a%2F..%2Fb", "memory://tests/xy",
                              "memory://other/x/t", "t"}) {
    try {
      stores_.resolve(outside);
      ADD_FAILURE() << outside << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::Permission) << outside;
    }
  }
}

}  // namespace
}  // namespace lakelet
