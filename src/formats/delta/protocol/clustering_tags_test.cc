#include "formats/delta/protocol/clustering_tags.h"

#include <gtest/gtest.h>

namespace lakelet::delta {
namespace {

TEST(ClusteringTags, WhatIsWrittenIsReadAgain) {
  for (const bool by_table : {false, true}) {
    FileClustering clustering{{"a", "b \"x\".c"}, "hilbert", "id-1", by_table, false};
    AddFile add;
    write_clustering(clustering, add);
    EXPECT_EQ(add.clustering_provider.has_value(), by_table);
    const auto read = read_clustering(add.tags, add.clustering_provider);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->columns, clustering.columns);
    EXPECT_EQ(read->curve, "hilbert");
    EXPECT_EQ(read->rewriting, "id-1");
    EXPECT_EQ(read->by_table, by_table);
    EXPECT_FALSE(read->foreign);
  }
}

TEST(ClusteringTags, FilesOfOthers) {
  const auto other = read_clustering({}, "somebody");
  ASSERT_TRUE(other);
  EXPECT_TRUE(other->foreign);
  EXPECT_FALSE(read_clustering({}, std::nullopt));
  EXPECT_FALSE(read_clustering({{"INSERTION_TIME", "1"}}, std::nullopt));
  EXPECT_FALSE(read_clustering({{"ZCUBE_ID", "x"}, {"ZCUBE_ZORDER_BY", "no json"}}, "liquid"));
  EXPECT_FALSE(read_clustering({{"ZCUBE_ID", "x"}, {"ZCUBE_ZORDER_BY", "[1]"}}, "liquid"));
}

}  // namespace
}  // namespace lakelet::delta
