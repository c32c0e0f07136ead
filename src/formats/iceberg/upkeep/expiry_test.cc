#include "formats/iceberg/upkeep/expiry.h"

#include <gtest/gtest.h>

namespace lakelet::iceberg {
namespace {

using Ids = std::set<std::int64_t>;

// 1 <- 2 <- 3 <- 4 at the times 100, 200, 300, 400.
TableMetadataFile chain() {
  TableMetadataFile metadata;
  for (std::int64_t id = 1; id <= 4; ++id) {
    SnapshotEntry entry;
    entry.id = id;
    entry.timestamp_ms = id * 100;
    if (id > 1) entry.parent_id = id - 1;
    metadata.snapshots.push_back(entry);
    metadata.snapshot_log.push_back({entry.timestamp_ms, id});
  }
  metadata.current_snapshot_id = 4;
  metadata.references[kMainBranch] = {4, true, {}};
  return metadata;
}

Ids gone(const TableMetadataFile& metadata, std::int64_t age, Ids keep = {}) {
  return find_expired(metadata, {.now_ms = 500, .snapshot_age_ms = age, .keep = std::move(keep)}).snapshots;
}

TEST(Expiry, WhatWasTheNewestLatelyStays) {
  EXPECT_EQ(gone(chain(), 0), (Ids{1, 2, 3}));
  EXPECT_EQ(gone(chain(), 100), (Ids{1, 2}));  // 3 was the newest until 400
  EXPECT_EQ(gone(chain(), 150), (Ids{1, 2}));
  EXPECT_EQ(gone(chain(), 201), (Ids{1}));
  EXPECT_EQ(gone(chain(), 100000), Ids{});
  EXPECT_EQ(gone(chain(), 0, {2}), (Ids{1, 3}));
}

TEST(Expiry, PropertiesAndReferencesKeep) {
  TableMetadataFile metadata = chain();
  metadata.properties["history.expire.min-snapshots-to-keep"] = "3";
  EXPECT_EQ(gone(metadata, 0), Ids{1});
  metadata.properties.clear();
  metadata.references["old"] = {1, false, {}};
  EXPECT_EQ(gone(metadata, 0), (Ids{2, 3}));
  metadata.references["side"] = {2, true, {.versions = 2}};
  EXPECT_EQ(gone(metadata, 0), Ids{3});
  metadata.references["side"].retention = {.version_age_ms = 0};
  metadata.references.erase("old");
  EXPECT_EQ(gone(metadata, 10000), Ids{});  // main still goes back to it
  EXPECT_EQ(gone(metadata, 0), (Ids{1, 3}));
}

TEST(Expiry, ReferencesGetOldThemselves) {
  TableMetadataFile metadata = chain();
  metadata.references["old"] = {1, false, {.reference_age_ms = 50}};
  const Expiry expiry = find_expired(metadata, {.now_ms = 500, .snapshot_age_ms = 0});
  EXPECT_EQ(expiry.references, std::set<std::string>{"old"});
  EXPECT_EQ(expiry.snapshots, (Ids{1, 2, 3}));
  metadata.references.erase("old");
  metadata.properties["history.expire.max-ref-age-ms"] = "0";
  EXPECT_TRUE(find_expired(metadata, {.now_ms = 500, .snapshot_age_ms = 10000}).empty());  // main never goes
}

TEST(Expiry, WhatNothingHasStaysWhileItIsYoung) {
  TableMetadataFile metadata = chain();
  SnapshotEntry staged;
  staged.id = 9;
  staged.timestamp_ms = 450;
  metadata.snapshots.push_back(staged);
  EXPECT_EQ(gone(metadata, 100), (Ids{1, 2}));
  EXPECT_EQ(gone(metadata, 10), (Ids{1, 2, 3, 9}));
}

TEST(Expiry, ForgettingTakesTheLogAlong) {
  TableMetadataFile metadata = chain();
  metadata.statistics = {{1, "a"}, {4, "b"}};
  forget(metadata, find_expired(metadata, {.now_ms = 500, .snapshot_age_ms = 0, .keep = {1}}));
  ASSERT_EQ(metadata.snapshots.size(), 2u);
  ASSERT_EQ(metadata.snapshot_log.size(), 1u);
  EXPECT_EQ(metadata.snapshot_log[0].snapshot_id, 4);
  EXPECT_EQ(metadata.statistics.size(), 2u);
}

TEST(Expiry, ACycleOfParentsEnds) {
  TableMetadataFile metadata = chain();
  metadata.snapshots[0].parent_id = 4;
  EXPECT_EQ(gone(metadata, 100000), Ids{});
}

TEST(Expiry, PropertiesAreNumbers) {
  TableMetadataFile metadata = chain();
  metadata.properties["history.expire.max-snapshot-age-ms"] = "soon";
  EXPECT_ANY_THROW(find_expired(metadata, {.now_ms = 500}));
  metadata.properties["history.expire.max-snapshot-age-ms"] = "9223372036854775807";
  EXPECT_TRUE(find_expired(metadata, {.now_ms = 500}).empty());
}

}  // namespace
}  // namespace lakelet::iceberg
