#include "formats/delta/files/file_path.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

TEST(FilePath, DecodesPercentCodesOnce) {
  EXPECT_EQ(canonical_path("city=Z%C3%BCrich/part-0.parquet"), "city=Zürich/part-0.parquet");
  EXPECT_EQ(canonical_path("t=00%253A00/a"), "t=00%3A00/a");
  EXPECT_EQ(canonical_path("a+b%20c"), "a+b c");
  EXPECT_EQ(canonical_path("100%/a"), "100%/a");
}

TEST(FilePath, TheSpellingsOfALocalPathAreOneFile) {
  for (const char* path : {"/lake/t/a.parquet", "file:/lake/t/a.parquet", "file:///lake/t/a.parquet",
                           "file://localhost/lake/t/a.parquet", "file:///lake/%74/a.parquet"}) {
    EXPECT_EQ(canonical_path(path), "/lake/t/a.parquet");
  }
}

TEST(FilePath, RelativePathsAreBelowTheTable) {
  EXPECT_EQ(resolve_path("a%20b.parquet", "/lake/t"), "/lake/t/a b.parquet");
  EXPECT_EQ(resolve_path("t=12:00/a.parquet", "s3://b/t/"), "s3://b/t/t=12:00/a.parquet");
  EXPECT_EQ(resolve_path("c:1/a.parquet", "/t"), "/t/c:1/a.parquet");
}

TEST(FilePath, AbsolutePathsStayWhereTheyAre) {
  EXPECT_EQ(resolve_path("file:///other/a.parquet", "/lake/t"), "/other/a.parquet");
  EXPECT_EQ(resolve_path("s3://bucket/x/a.parquet", "/lake/t"), "s3://bucket/x/a.parquet");
}

TEST(FilePath, AZeroByteIsCorrupt) {
  for (const std::string& path : {std::string("a\0.parquet", 10), std::string("a%00.parquet")}) {
    EXPECT_THROW(resolve_path(path, "/lake/t"), Error);
  }
}

}  // namespace
}  // namespace lakelet::delta
