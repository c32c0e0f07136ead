#include "formats/delta/upkeep/vacuum_record.h"

#include "formats/delta/write/log_fixture.h"

namespace lakelet::delta {
namespace {

using testing::HasSubstr;

class VacuumRecordTest : public LogFixture {
 protected:
  VacuumRecordTest() { create("id bigint"); }
  HistoryEntry newest() {
    std::optional<HistoryEntry> found;
    DeltaTable(context_, location_).history([&](const HistoryEntry& entry) {
      found = entry;
      return false;
    });
    return *found;
  }
};

TEST_F(VacuumRecordTest, TheStartAsSparkWritesIt) {
  VacuumRecord record;
  record.given_retention_us = 0;
  record.least_retention_us = std::int64_t{604'800} * 1'000'000;
  record.retention_checked = false;
  record.files = 2;
  record.bytes = 938;
  commit_record(*latest(), record, {});
  EXPECT_THAT(read(commit_name(1)),
              HasSubstr(R"("operation":"VACUUM START","operationParameters":{"retentionCheckEnabled":false,)"
                        R"("defaultRetentionMillis":604800000,"specifiedRetentionMillis":0})"));
  const HistoryEntry entry = newest();
  EXPECT_EQ(entry.operation, "VACUUM START");
  EXPECT_EQ(entry.metrics.at("numFilesToDelete"), "2");
  EXPECT_EQ(entry.metrics.at("sizeOfDataToDelete"), "938");
  EXPECT_EQ(actions(1).size(), 1u);
}

TEST_F(VacuumRecordTest, TheEndSaysHowItWent) {
  VacuumRecord record;
  record.step = VacuumRecord::Step::Completed;
  record.files = 7;
  record.folders = 3;
  commit_record(*latest(), record, {});
  EXPECT_EQ(newest().parameters.at("status"), "COMPLETED");
  EXPECT_EQ(newest().metrics.at("numDeletedFiles"), "7");
  EXPECT_EQ(newest().metrics.at("numVacuumedDirectories"), "3");
  record.step = VacuumRecord::Step::Failed;
  commit_record(*latest(), record, {});
  EXPECT_EQ(newest().parameters.at("status"), "FAILED");
}

TEST_F(VacuumRecordTest, ItGoesOnTopOfWhateverCame) {
  const auto old = latest();
  append();
  commit_record(*old, {}, {});
  EXPECT_EQ(latest()->version(), 2);
  EXPECT_EQ(latest()->file_count(), 1);
}

TEST_F(VacuumRecordTest, CommitsWithTimestampsOfTheirOwnHaveOne) {
  set("delta.enableInCommitTimestamps", "true");
  const auto before = latest()->state().in_commit_timestamp_ms;
  commit_record(*latest(), {}, {});
  EXPECT_GT(*latest()->state().in_commit_timestamp_ms, *before);
}

}  // namespace
}  // namespace lakelet::delta
