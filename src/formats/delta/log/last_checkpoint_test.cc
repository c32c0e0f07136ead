#include "formats/delta/log/last_checkpoint.h"

#include <gtest/gtest.h>

#include "storage/memory/memory_store.h"

namespace lakelet::delta {
namespace {

TEST(LastCheckpoint, TheChecksumOfTheSpecification) {
  EXPECT_EQ(json_checksum(R"({"k0":"'v 0'", "checksum": "adsaskfljadfkjadfkj", "k1":{"k2": 2, "k3": ["v3", [1, 2], )"
                          R"({"k4": "v4", "k5": ["v5", "v6", "v7"]}]}})"),
            "6a92d155a59bf2eecbd4b4ec7fd1f875");
  EXPECT_EQ(json_checksum("[1]"), std::nullopt);
  EXPECT_EQ(json_checksum("{"), std::nullopt);
}

class LastCheckpointTest : public testing::Test {
 protected:
  LastCheckpointTest() {
    stores_.serve("memory", "", std::make_shared<MemoryStore>());
    table_ = stores_.resolve("memory://x/t");
  }
  std::string path() const { return log_path(table_, kLastCheckpointName); }
  StoreRegistry stores_{"/"};
  Location table_;
};

TEST_F(LastCheckpointTest, WhatIsWrittenIsReadAndNeverPointsBack) {
  EXPECT_EQ(last_checkpoint_hint(table_), std::nullopt);
  write_last_checkpoint(table_, {.version = 7, .actions = 12, .added_files = 10, .bytes = 100, .parts = 2});
  EXPECT_EQ(last_checkpoint_hint(table_), 7);
  write_last_checkpoint(table_, {.version = 6});
  EXPECT_EQ(last_checkpoint_hint(table_), 7);
}

TEST_F(LastCheckpointTest, AHintThatWasChangedIsNone) {
  write_last_checkpoint(table_, {.version = 7});
  std::string text = table_.store->read_all(path());
  text[text.find('7')] = '9';
  table_.store->put(path(), text);
  EXPECT_EQ(last_checkpoint_hint(table_), std::nullopt);
  table_.store->put(path(), "{\"version\":9}");
  EXPECT_EQ(last_checkpoint_hint(table_), 9);
}

}  // namespace
}  // namespace lakelet::delta
