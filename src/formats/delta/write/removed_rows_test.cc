#include "formats/delta/write/removed_rows.h"

#include <gtest/gtest.h>

namespace lakelet::delta {
namespace {

TEST(LoosenedStatistics, EverythingElseStaysAsItWas) {
  EXPECT_EQ(loosened_statistics(R"({"numRecords":3,"minValues":{"a":1.10000000000000000000001}})", 3),
            R"({"numRecords":3,"minValues":{"a":1.10000000000000000000001},"tightBounds":false})");
  EXPECT_EQ(loosened_statistics(R"({"numRecords":3,"tightBounds":true,"nullCount":{"tightBounds":0}})", 3),
            R"({"numRecords":3,"tightBounds":false,"nullCount":{"tightBounds":0}})");
  EXPECT_EQ(loosened_statistics(R"({"numRecords":3,"tightBounds": true })", 3),
            R"({"numRecords":3,"tightBounds": false })");
  EXPECT_EQ(loosened_statistics(R"({"tightBounds":false,"numRecords":3})", 3),
            R"({"tightBounds":false,"numRecords":3})");
}

TEST(LoosenedStatistics, TheNumberOfRowsIsNeverMissing) {
  EXPECT_EQ(loosened_statistics(std::nullopt, 7), R"({"numRecords":7,"tightBounds":false})");
  EXPECT_EQ(loosened_statistics(R"({"minValues":{"a":1}})", 7),
            R"({"numRecords":7,"minValues":{"a":1},"tightBounds":false})");
  EXPECT_EQ(loosened_statistics("{}", 7), R"({"numRecords":7,"tightBounds":false})");
  EXPECT_EQ(loosened_statistics("{broken", 7), R"({"numRecords":7,"tightBounds":false})");
}

TEST(WritesDeletionVectors, PropertyAndFeatureAreBothNeeded) {
  const Protocol with{3, 7, {"deletionVectors"}, {"deletionVectors"}};
  const StringMap on = {{"delta.enableDeletionVectors", "true"}};
  EXPECT_TRUE(writes_deletion_vectors(with, on));
  EXPECT_FALSE(writes_deletion_vectors(with, {}));
  EXPECT_FALSE(writes_deletion_vectors(with, {{"delta.enableDeletionVectors", "false"}}));
  EXPECT_FALSE(writes_deletion_vectors(Protocol{1, 2, {}, {}}, on));
}

TEST(RandomPrefixLength, AsTheTableSays) {
  EXPECT_EQ(random_prefix_length({}), 0);
  EXPECT_EQ(random_prefix_length({{"delta.randomizeFilePrefixes", "true"}}), 2);
  EXPECT_EQ(random_prefix_length({{"delta.randomizeFilePrefixes", "true"}, {"delta.randomPrefixLength", "5"}}), 5);
}

}  // namespace
}  // namespace lakelet::delta
