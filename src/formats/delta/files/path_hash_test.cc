#include "formats/delta/files/path_hash.h"

#include <gtest/gtest.h>

namespace lakelet::delta {
namespace {

TEST(PathHash, IsMurmur3WhereWordsAreWhole) {
  EXPECT_EQ(spark_hash("abcd", 0), 0x43ed676aU);
}

TEST(PathHash, TheRowsWithoutAPathGoToOnePart) {
  EXPECT_EQ(checkpoint_part(std::nullopt, std::nullopt, 7), 42 % 7 + 1);
  EXPECT_EQ(checkpoint_part(std::nullopt, std::nullopt, 5), 42 % 5 + 1);
}

// Paths and their parts of seven, as Spark wrote them.
TEST(PathHash, PutsFilesWhereSparkPutsThem) {
  EXPECT_EQ(checkpoint_part("d=2024-01-04/part-00001-4c506702-43ef-47bd-b52d-75872e1bcdee.c000.snappy.parquet", {}, 7),
            1);
  EXPECT_EQ(checkpoint_part("d=2024-01-05/part-00001-baf2a9de-bb84-4af9-957b-5e53e0d51f4f.c000.snappy.parquet", {}, 7),
            2);
  EXPECT_EQ(checkpoint_part("d=2024-01-18/part-00001-fc1fa25b-1539-4f17-894b-58b66c37243d.c000.snappy.parquet", {}, 7),
            3);
}

TEST(PathHash, TheDeletionVectorIsAPartOfTheKey) {
  const auto without = checkpoint_part("a", std::nullopt, 1'000'000);
  EXPECT_NE(checkpoint_part("a", "uab@1", 1'000'000), without);
  EXPECT_GE(without, 1);
  EXPECT_LE(without, 1'000'000);
}

}  // namespace
}  // namespace lakelet::delta
