#include "formats/delta/write/commit_clock.h"

#include <fmt/format.h>

#include "base/time.h"
#include "formats/delta/protocol/protocol_upgrade.h"
#include "formats/delta/write/log_fixture.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

constexpr const char* kOn = "delta.enableInCommitTimestamps";
constexpr const char* kSinceVersion = "delta.inCommitTimestampEnablementVersion";
constexpr const char* kSinceTime = "delta.inCommitTimestampEnablementTimestamp";
constexpr std::int64_t kHour = 3'600'000;

class CommitClockTest : public LogFixture {
 protected:
  std::int64_t time(Version version) {
    const auto info = only<CommitInfoAction>(version);
    EXPECT_TRUE(info.in_commit_timestamp_ms) << version;
    return info.in_commit_timestamp_ms.value_or(-1);
  }
  // Another writer's append, by a clock of its own.
  void foreign_append(Version version, std::int64_t time_ms) {
    put(version,
        {CommitInfoAction{
             .json = fmt::format(R"({{"inCommitTimestamp":{},"timestamp":1,"operation":"WRITE","isBlindAppend":true}})",
                                 time_ms)},
         AddFile{.path = make_uuid_text(), .size = 1, .modification_time_ms = 1}});
  }
};

TEST_F(CommitClockTest, ItStandsFirstFromTheFirstVersionOn) {
  const std::int64_t before = now_us() / 1000;
  create("id bigint", {{kOn, "true"}});
  append();
  append();
  EXPECT_TRUE(has_feature(latest()->protocol(), "inCommitTimestamp"));
  for (Version version = 0; version <= 2; ++version) {
    EXPECT_THAT(read(commit_name(version)), testing::StartsWith(R"({"commitInfo":{"inCommitTimestamp":)"));
    EXPECT_GE(time(version), before + version);
    EXPECT_EQ(at(version)->timestamp_us(), time(version) * 1000);
  }
  EXPECT_LT(time(0), time(1));
  EXPECT_LT(time(1), time(2));
  // All of its versions have one: there is nothing to remember.
  EXPECT_FALSE(latest()->properties().contains(kSinceVersion));
}

TEST_F(CommitClockTest, AClockThatRunsBehindDoesNotTurnTimeBack) {
  create("id bigint", {{kOn, "true"}});
  const std::int64_t ahead = now_us() / 1000 + kHour;
  foreign_append(1, ahead);
  append();
  append();
  EXPECT_EQ(time(2), ahead + 1);
  EXPECT_EQ(time(3), ahead + 2);
}

TEST_F(CommitClockTest, AfterALostRaceItIsLaterThanTheWinners) {
  create("id bigint", {{kOn, "true"}});
  const std::int64_t ahead = now_us() / 1000 + kHour;
  const auto transaction = begin();
  add_file(*transaction);
  foreign_append(1, ahead);
  foreign_append(2, ahead + 7);
  EXPECT_EQ(commit(*transaction, Operation::Append), 3);
  EXPECT_EQ(time(3), ahead + 8);
}

TEST_F(CommitClockTest, SwitchedOnLaterTheTableSaysSinceWhen) {
  create("id bigint");
  append();
  const std::int64_t file_time = latest()->timestamp_us() / 1000;
  EXPECT_EQ(set(kOn, "true"), 2);
  EXPECT_EQ(latest()->properties().at(kSinceVersion), "2");
  EXPECT_EQ(latest()->properties().at(kSinceTime), std::to_string(time(2)));
  EXPECT_GT(time(2), file_time);
  EXPECT_FALSE(only<CommitInfoAction>(1).in_commit_timestamp_ms);
  append();
  EXPECT_GT(time(3), time(2));
  EXPECT_EQ(latest()->properties().at(kSinceVersion), "2");
  EXPECT_EQ(at(AtTimestamp{time(2) * 1000})->version(), 2);
}

TEST_F(CommitClockTest, SwitchedOnInARaceItIsTheVersionThatItBecame) {
  create("id bigint");
  const auto transaction = begin();
  transaction->set_properties({{kOn, "true"}});
  put(1, {CommitInfoAction{.json = R"({"operation":"WRITE","isBlindAppend":true})"},
          AddFile{.path = "x", .size = 1, .modification_time_ms = 1}});
  EXPECT_EQ(commit(*transaction, Operation::SetProperties), 2);
  const auto metadata = only<Metadata>(2);
  EXPECT_EQ(metadata.configuration.at(kSinceVersion), "2");
  EXPECT_EQ(metadata.configuration.at(kSinceTime), std::to_string(time(2)));
  EXPECT_GT(time(2), location_.store->find(path(commit_name(1)))->modified_us / 1000);
}

TEST_F(CommitClockTest, SwitchedOffNothingOfItStays) {
  create("id bigint");
  set(kOn, "true");
  set(kOn, "false");
  EXPECT_EQ(latest()->properties(), (Properties{{kOn, "false"}}));
  EXPECT_FALSE(only<CommitInfoAction>(2).in_commit_timestamp_ms);
  // And on again: since the new version.
  EXPECT_EQ(set(kOn, "true"), 3);
  EXPECT_EQ(latest()->properties().at(kSinceVersion), "3");
}

TEST_F(CommitClockTest, TheMarksStayWhateverPropertiesAreGiven) {
  create("id bigint");
  set(kOn, "true");
  const auto transaction = begin();
  transaction->set_properties({{kOn, "true"}, {"mine", "1"}});
  commit(*transaction, Operation::SetProperties);
  EXPECT_EQ(latest()->properties().at(kSinceVersion), "1");
  EXPECT_EQ(latest()->properties().at(kSinceTime), std::to_string(time(1)));
}

TEST_F(CommitClockTest, NobodySetsTheMarks) {
  create("id bigint");
  try {
    set(kSinceVersion, "1");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
  }
}

}  // namespace
}  // namespace lakelet::delta
