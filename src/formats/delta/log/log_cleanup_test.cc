#include "formats/delta/log/log_cleanup.h"

#include <fmt/format.h>

#include "base/time.h"
#include "formats/delta/write/log_fixture.h"

namespace lakelet::delta {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kDay = std::int64_t{24} * 3600 * 1000;

TEST(LogCutoff, MidnightBeforeTheRetention) {
  const std::int64_t noon = 100 * kDay + kDay / 2;
  EXPECT_EQ(log_cutoff_ms({}, noon), 70 * kDay);
  EXPECT_EQ(log_cutoff_ms({{"delta.logRetentionDuration", "interval 1 day"}}, noon), 99 * kDay);
  EXPECT_EQ(log_cutoff_ms({{"delta.logRetentionDuration", "interval 13 hours"}}, noon), 99 * kDay);
  EXPECT_EQ(log_cutoff_ms({{"delta.enableExpiredLogCleanup", "false"}}, noon), std::nullopt);
}

// Commits 0..n-1, one a day from day 1 on, and checkpoints.
LogListing listing(Version commits, const std::vector<Version>& checkpoints) {
  LogListing out;
  for (Version version = 0; version < commits; ++version) {
    out.commits.push_back({version, commit_name(version), 1, (version + 1) * kDay * 1000});
  }
  for (const Version version : checkpoints) {
    out.checkpoints.push_back({version, CheckpointFiles::Kind::Classic, {{version, checkpoint_name(version), 1, 0}}});
  }
  return out;
}

std::vector<Version> versions(const std::vector<CheckpointFiles>& checkpoints) {
  std::vector<Version> out;
  for (const CheckpointFiles& each : checkpoints) out.push_back(each.version);
  return out;
}

TEST(LogCutoff, TheNewestCheckpointThatTheNewestOldCommitHas) {
  const LogListing log = listing(20, {5, 10, 15});
  EXPECT_THAT(versions(cutoff_checkpoints(log, 13 * kDay)), ElementsAre(10, 5));
  EXPECT_THAT(versions(cutoff_checkpoints(log, 11 * kDay)), ElementsAre(10, 5));  // version 10 is just old enough
  EXPECT_THAT(versions(cutoff_checkpoints(log, 11 * kDay - 1)), ElementsAre(5));
  EXPECT_THAT(cutoff_checkpoints(log, 5 * kDay), IsEmpty());
  EXPECT_THAT(cutoff_checkpoints(log, 0), IsEmpty());
}

TEST(LogCutoff, AllThatIsBeforeIt) {
  LogListing log = listing(7, {2, 5});
  log.checksums = {{4, "4.crc", 1, 0}, {5, "5.crc", 1, 0}};
  log.compactions = {{3, 4, {3, "3-4", 1, 0}}, {5, 6, {5, "5-6", 1, 0}}, {6, 7, {6, "6-7", 1, 0}}};
  EXPECT_THAT(files_before(log, log.checkpoints[1]),
              ElementsAre(commit_name(0), commit_name(1), commit_name(2), commit_name(3), commit_name(4), "4.crc",
                          "3-4", "5-6", checkpoint_name(2)));
}

class LogCleanupTest : public LogFixture {
 protected:
  LogCleanupTest() {
    create("id bigint");
    for (int i = 0; i < 8; ++i) append();
  }
  // A checkpoint as JSON needs no engine.
  void checkpoint(Version version, const std::vector<std::string>& sidecars = {}) {
    const auto snapshot = at(version);
    std::string text = fmt::format("{{\"checkpointMetadata\":{{\"version\":{}}}}}\n", version) +
                       write_actions({snapshot->protocol(), snapshot->metadata_action()});
    snapshot->for_each_file([&text](const AddFile& add) {
      text += write_actions({add});
      return true;
    });
    for (const std::string& path : sidecars) {
      text += fmt::format(R"({{"sidecar":{{"path":"{}","sizeInBytes":1,"modificationTime":1}}}})", path) + "\n";
    }
    put(fmt::format("{:020}.checkpoint.{}.json", version, make_uuid_text()), text);
  }
  CleanupResult clean(std::int64_t days_later) {
    const auto snapshot = latest();
    return clean_up_log(context_, location_, snapshot->protocol(), snapshot->metadata_action(),
                        now_us() / 1000 + days_later * kDay);
  }
};

TEST_F(LogCleanupTest, WhatIsKeptCanBeRead) {
  checkpoint(3);
  checkpoint(6);
  EXPECT_EQ(clean(20).commits, 0);
  const CleanupResult result = clean(40);
  EXPECT_EQ(result.commits, 7);  // 0 to 5, and the checkpoint in JSON
  EXPECT_EQ(result.others, 6);   // the checksums of 0 to 5
  EXPECT_FALSE(exists(commit_name(5)));
  EXPECT_TRUE(exists(commit_name(6)));
  for (Version version = 6; version <= 8; ++version) EXPECT_EQ(at(version)->file_count(), version);
  EXPECT_EQ(append(), 9);
  EXPECT_EQ(clean(40).commits, 0);
}

TEST_F(LogCleanupTest, WithoutACheckpointNothingGoes) {
  EXPECT_EQ(clean(40).commits, 0);
  EXPECT_EQ(at(0)->version(), 0);
}

TEST_F(LogCleanupTest, ADamagedCheckpointIsNotBuiltOn) {
  checkpoint(3);
  put(fmt::format("{:020}.checkpoint.{}.json", 6, make_uuid_text()), "{\"checkpointMeta");
  clean(40);
  EXPECT_FALSE(exists(commit_name(2)));
  EXPECT_TRUE(exists(commit_name(3)));
  EXPECT_EQ(at(5)->file_count(), 5);
}

TEST_F(LogCleanupTest, SwitchedOffNothingGoes) {
  set("delta.enableExpiredLogCleanup", "false");
  checkpoint(6);
  EXPECT_EQ(clean(400).commits, 0);
}

TEST_F(LogCleanupTest, ProtectedCheckpointsGoTogetherOrNotAtAll) {
  checkpoint(3);
  const Metadata metadata = latest()->metadata_action();
  const auto protect = [&](const char* before) {
    Metadata changed = metadata;
    changed.configuration["delta.requireCheckpointProtectionBeforeVersion"] = before;
    return clean_up_log(context_, location_, Protocol{1, 7, {}, {"checkpointProtection"}}, changed,
                        now_us() / 1000 + 40 * kDay);
  };
  EXPECT_EQ(protect("4").commits, 0);
  EXPECT_EQ(protect("rubbish").commits, 0);
  EXPECT_EQ(protect("3").commits, 3);
}

TEST_F(LogCleanupTest, SidecarsThatNobodyNames) {
  put("_sidecars/named.parquet", "x");
  put("_sidecars/orphan.parquet", "x");
  checkpoint(3, {"named.parquet"});
  EXPECT_EQ(clean(0).sidecars, 0) << "it may be of a checkpoint that is being written";
  EXPECT_EQ(clean(3).sidecars, 1);
  EXPECT_TRUE(exists("_sidecars/named.parquet"));
  EXPECT_FALSE(exists("_sidecars/orphan.parquet"));
}

}  // namespace
}  // namespace lakelet::delta
