#include "formats/delta/log/commit_times.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::ElementsAre;

std::vector<LogFile> commits(const std::vector<std::int64_t>& times_ms) {
  std::vector<LogFile> result;
  for (std::size_t i = 0; i < times_ms.size(); ++i) {
    result.push_back({static_cast<Version>(i), commit_name(static_cast<Version>(i)), 1, times_ms[i] * 1000 + 999});
  }
  return result;
}

TEST(CommitTimes, MadeToIncrease) {
  EXPECT_THAT(monotonic_times_ms(commits({10, 20, 30})), ElementsAre(10, 20, 30));
  EXPECT_THAT(monotonic_times_ms(commits({10, 10, 10})), ElementsAre(10, 11, 12));
  EXPECT_THAT(monotonic_times_ms(commits({30, 10, 32})), ElementsAre(30, 31, 32));
  EXPECT_THAT(monotonic_times_ms({}), ElementsAre());
}

TEST(CommitTimes, TheLastVersionAtOrBefore) {
  LogListing listing;
  listing.commits = commits({10, 20, 20, 40});
  auto at = [&listing](std::int64_t ms) { return version_at(Location{}, listing, Metadata{}, ms); };
  EXPECT_EQ(at(9), std::nullopt);
  EXPECT_EQ(at(10), 0);
  EXPECT_EQ(at(20), 1);
  EXPECT_EQ(at(21), 2);
  EXPECT_EQ(at(39), 2);
  EXPECT_EQ(at(1000), 3);
}

// The feature was turned on by version 2: before it files' times count, from it on the commits' own, whatever their
// files say.
TEST(CommitTimes, InCommitTimestampsFromTheEnablingVersionOn) {
  StoreRegistry stores("/");
  const Location table = stores.resolve("memory://times/t");
  LogListing listing;
  listing.commits = commits({10, 20, 5, 5, 5});
  for (LogFile& commit : listing.commits) {
    commit.path = log_path(table, commit.path);
    table.store->put(commit.path, fmt::format(R"({{"commitInfo":{{"inCommitTimestamp":{}}}}})", 100 * commit.version));
  }
  Metadata metadata;
  metadata.configuration = {{"delta.enableInCommitTimestamps", "true"},
                            {"delta.inCommitTimestampEnablementVersion", "2"},
                            {"delta.inCommitTimestampEnablementTimestamp", "200"}};
  auto at = [&](std::int64_t ms) { return version_at(table, listing, metadata, ms); };
  EXPECT_EQ(at(9), std::nullopt);
  EXPECT_EQ(at(10), 0);
  EXPECT_EQ(at(199), 1);
  EXPECT_EQ(at(200), 2);
  EXPECT_EQ(at(399), 3);
  EXPECT_EQ(at(400), 4);
  EXPECT_EQ(at(9999), 4);
  metadata.configuration["delta.enableInCommitTimestamps"] = "false";
  EXPECT_EQ(at(25), 4);
}

}  // namespace
}  // namespace lakelet::delta
