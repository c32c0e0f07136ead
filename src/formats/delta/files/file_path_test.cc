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

TEST(FilePath, PathsBeyondTheTableAreSpelledAsHadoopSpellsThem) {
  EXPECT_EQ(absolute_log_path("/lake/Z\u00fcrich/p=a b/50%.parquet"), "file:/lake/Z\u00fcrich/p=a%20b/50%25.parquet");
  EXPECT_EQ(absolute_log_path("s3://bucket/\u65e5\u672c \U0001F600?#/x"),
            "s3://bucket/\u65e5\u672c%20\U0001F600%3F%23/x");
  EXPECT_EQ(absolute_log_path("/no\u00a0break\u3000wide\u0085next"), "file:/no%C2%A0break%E3%80%80wide%C2%85next");
  EXPECT_EQ(absolute_log_path("/not\xFFtext\xC3"), "file:/not%FFtext%C3");
  for (const char* path : {"/a b/\u00fc%/#?", "/\u2028\U0001F600", "/\xFF"}) {
    EXPECT_EQ(canonical_path(absolute_log_path(path)), path);
  }
}

}  // namespace
}  // namespace lakelet::delta
