#include "formats/delta/write/row_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/delta/protocol/row_tracking.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

using testing::StartsWith;

const Protocol kTracked{1, 7, {}, {"domainMetadata", "rowTracking"}};

AddFile add(const std::string& path, std::int64_t rows) {
  AddFile add;
  add.path = path;
  add.stats = "{\"numRecords\":" + std::to_string(rows) + "}";
  return add;
}

TableState with_highest(const std::string& configuration) {
  TableState state;
  state.domains["delta.rowTracking"] = {"delta.rowTracking", configuration};
  return state;
}

TEST(RowNumbers, FreshRangesOneAfterTheOther) {
  std::vector<Action> actions{add("a", 3), RemoveFile{.path = "x"}, add("b", 0), add("c", 5)};
  RowNumbers(TableState(), kTracked, {}).assign(actions, 4);
  EXPECT_EQ(std::get<AddFile>(actions[0]).base_row_id, 0);
  EXPECT_EQ(std::get<AddFile>(actions[2]).base_row_id, 3);
  EXPECT_EQ(std::get<AddFile>(actions[3]).base_row_id, 3);
  EXPECT_EQ(std::get<AddFile>(actions[3]).default_row_commit_version, 4);
  ASSERT_EQ(actions.size(), 5u);
  EXPECT_EQ(std::get<DomainMetadata>(actions[4]), (DomainMetadata{"delta.rowTracking", "{\"rowIdHighWaterMark\":7}"}));
}

TEST(RowNumbers, GoOnAfterWhatTheTableAndTheWinnersTook) {
  RowNumbers numbers(with_highest("{\"rowIdHighWaterMark\":10}"), kTracked, {});
  numbers.saw({5, {DomainMetadata{"delta.rowTracking", "{\"rowIdHighWaterMark\":20}"}, DomainMetadata{"other", "{}"}}});
  numbers.saw({6, {DomainMetadata{"delta.rowTracking", "{\"rowIdHighWaterMark\":15}"}}});
  std::vector<Action> actions{add("a", 2)};
  numbers.assign(actions, 7);
  EXPECT_EQ(std::get<AddFile>(actions[0]).base_row_id, 21);
  EXPECT_EQ(std::get<AddFile>(actions[0]).default_row_commit_version, 7);
  EXPECT_EQ(std::get<DomainMetadata>(actions[1]).configuration, "{\"rowIdHighWaterMark\":22}");
}

TEST(RowNumbers, AFileThatOnlyLosesRowsKeepsItsOwn) {
  AddFile again = add("a", 3);
  again.base_row_id = 4, again.default_row_commit_version = 2;
  std::vector<Action> actions{again};
  RowNumbers(with_highest("{\"rowIdHighWaterMark\":10}"), kTracked, {}).assign(actions, 9);
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(std::get<AddFile>(actions[0]), again);
}

TEST(RowNumbers, NothingWithoutTheFeatureOrWhileItIsSuspended) {
  EXPECT_FALSE(RowNumbers(TableState(), Protocol(), {}).assigns());
  EXPECT_FALSE(
      RowNumbers(TableState(), kTracked, {.configuration = {{"delta.rowTrackingSuspended", "true"}}}).assigns());
  EXPECT_TRUE(RowNumbers(TableState(), kTracked, {}).assigns());
}

TEST(RowNumbers, ADomainThatSaysNothingIsAnError) {
  for (const char* text : {"", "{}", "{\"rowIdHighWaterMark\":\"x\"}", "{\"rowIdHighWaterMark\":-2}"}) {
    try {
      RowNumbers(with_highest(text), kTracked, {});
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::CorruptTable);
    }
  }
}

TEST(RowNumbers, AFileOfUncountedRowsIsNeverCommitted) {
  AddFile uncounted = add("a", 1);
  uncounted.stats.reset();
  std::vector<Action> actions{uncounted};
  EXPECT_THROW(RowNumbers(TableState(), kTracked, {}).assign(actions, 1), Error);
}

TEST(RowNumbers, ColumnsGetNamesOnce) {
  StringMap properties{{kEnableRowTracking, "true"}};
  name_row_tracking_columns(properties);
  const StringMap named = properties;
  EXPECT_THAT(named.at(kRowIdColumn), StartsWith("_row-id-col-"));
  EXPECT_THAT(named.at(kRowVersionColumn), StartsWith("_row-commit-version-col-"));
  name_row_tracking_columns(properties);
  EXPECT_EQ(properties, named);
  StringMap other;
  name_row_tracking_columns(other);
  EXPECT_TRUE(other.empty());
}

}  // namespace
}  // namespace lakelet::delta
