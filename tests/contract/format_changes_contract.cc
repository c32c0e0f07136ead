// The change feed: what every format says of appended files and of ranges.
#include "contract/format_contract.h"
#include "table/change_feed.h"
#include "table/change_recording.h"

namespace lakelet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

#define LAKELET_NEEDS_CHANGES                                                                                      \
  if (!GetParam().implementation.records_changes)                                                                  \
    GTEST_SKIP() << "the format has other versions than 0, 1, 2, or makes no table that records changes: its own " \
                    "tests say how it tells them";

struct Feed {
  std::unique_ptr<FormatTable> table;

  std::vector<ChangeTask> changes(const ChangeRange& range, const Predicate& predicate = {}) const {
    std::vector<ChangeTask> tasks;
    const auto plan = table->changes(table->snapshot(LatestVersion{}), range)->plan(predicate);
    while (auto task = plan->next()) tasks.push_back(std::move(*task));
    return tasks;
  }
  std::vector<Version> versions(const ChangeRange& range, const Predicate& predicate = {}) const {
    std::vector<Version> result;
    for (const ChangeTask& task : changes(range, predicate)) result.push_back(task.version);
    return result;
  }
};

CreateSpec recorded(CreateSpec spec, const FormatOnStore& on) {
  spec.properties = *on.implementation.records_changes;
  return spec;
}

TEST_P(FormatContract, AppendedFilesAreInsertedRows) {
  LAKELET_NEEDS_CHANGES
  const Feed feed{create(recorded(spec({"city"}), GetParam()))};
  append(*feed.table, {Value("Rome")});
  append(*feed.table, {Value("Oslo")}, 10);
  const auto snapshot = feed.table->snapshot(Version{1});
  const auto tasks = feed.changes({Version{0}});
  ASSERT_EQ(tasks.size(), 2u);
  EXPECT_EQ(tasks[0].type, ChangeType::Insert);
  EXPECT_EQ(tasks[0].version, 1);
  EXPECT_EQ(tasks[0].timestamp_us, snapshot->timestamp_us());
  EXPECT_EQ(tasks[0].file.file.path, *paths(*snapshot).begin());
  EXPECT_EQ(tasks[0].file.constants.at("city"), Value("Rome"));
  EXPECT_TRUE(tasks[0].file.deletes.none());
  EXPECT_EQ(tasks[1].version, 2);
}

TEST_P(FormatContract, BothEndsBelongToTheRange) {
  LAKELET_NEEDS_CHANGES
  const Feed feed{create(recorded(spec({"city"}), GetParam()))};
  append(*feed.table, {Value("Rome")});
  append(*feed.table, {Value("Oslo")}, 10);
  EXPECT_THAT(feed.versions({Version{1}, Version{1}}), ElementsAre(1));
  EXPECT_THAT(feed.versions({Version{1}, Version{2}}), ElementsAre(1, 2));
  EXPECT_THAT(feed.versions({Version{0}, Version{0}}), IsEmpty());
  EXPECT_THAT(feed.versions({LatestVersion{}}), ElementsAre(2));
  const std::int64_t time = feed.table->snapshot(Version{1})->timestamp_us();
  EXPECT_THAT(feed.versions({AtTimestamp{time}, AtTimestamp{time}}), ElementsAre(1));
  EXPECT_THAT(feed.versions({AtTimestamp{time + 1}}), ElementsAre(2));
}

TEST_P(FormatContract, APredicatePrunesByPartitionAndVersion) {
  LAKELET_NEEDS_CHANGES
  const Feed feed{create(recorded(spec({"city"}), GetParam()))};
  append(*feed.table, {Value("Rome")});
  append(*feed.table, {Value("Oslo")}, 10);
  EXPECT_THAT(feed.versions({Version{0}}, Predicate::compare({"city"}, Comparison::Equal, Value("Oslo"))),
              ElementsAre(2));
  EXPECT_THAT(feed.versions({Version{0}}, Predicate::compare({kCommitVersionColumn}, Comparison::Less, Value(2))),
              ElementsAre(1));
  EXPECT_THAT(feed.versions({Version{0}}, Predicate::compare({kChangeTypeColumn}, Comparison::Equal, Value("delete"))),
              IsEmpty());
}

TEST_P(FormatContract, ChangeFilesTellAllOfACommit) {
  LAKELET_NEEDS_CHANGES
  const Feed feed{create(recorded(spec({"city"}), GetParam()))};
  append(*feed.table, {Value("Rome")});
  const auto transaction = feed.table->begin(latest());
  ChangeRecording* const recording = transaction->change_recording();
  ASSERT_NE(recording, nullptr);
  EXPECT_EQ(recording->layout().file_schema.fields().back().file_name(), kChangeTypeColumn);
  EXPECT_EQ(recording->layout().file_schema.size(), transaction->write_layout().file_schema.size() + 1);
  const auto before = transaction->base_pointer();
  transaction->remove(plan(*before)[0].file);
  transaction->add(file(*transaction, {Value("Rome")}));
  DataFile changes;
  changes.uri = recording->new_file_uri({Value("Rome")}, "0123");
  changes.partition_values = {Value("Rome")};
  changes.bytes = 100;
  changes.format = "parquet";
  recording->add(changes);
  ASSERT_EQ(commit(*transaction, Operation::Update), 2);
  const auto tasks = feed.changes({Version{2}});
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].type, std::nullopt);
  EXPECT_EQ(tasks[0].file.file.uri, changes.uri);
  EXPECT_EQ(tasks[0].file.constants.at("city"), Value("Rome"));
}

TEST_P(FormatContract, NobodyAsksForChangeFiles) {
  append(*create());
  EXPECT_EQ(open()->begin(latest())->change_recording(), nullptr);
}

TEST_P(FormatContract, RangesThatAreNoneAreRefused) {
  LAKELET_NEEDS_CHANGES
  const Feed feed{create(recorded(spec({"city"}), GetParam()))};
  append(*feed.table, {Value("Rome")});
  append(*feed.table, {Value("Oslo")}, 10);
  const Error missing = error_of([&] { feed.changes({Version{3}}); });
  EXPECT_EQ(missing.code(), ErrorCode::NotFound);
  EXPECT_THAT(missing.message(), HasSubstr("2"));
  EXPECT_EQ(error_of([&] { feed.changes({Version{2}, Version{1}}); }).code(), ErrorCode::InvalidArgument);
}

TEST_P(FormatContract, AnOlderSnapshotKnowsNoLaterChanges) {
  LAKELET_NEEDS_CHANGES
  const Feed feed{create(recorded(spec({"city"}), GetParam()))};
  append(*feed.table, {Value("Rome")});
  append(*feed.table, {Value("Oslo")}, 10);
  const auto plan = feed.table->changes(feed.table->snapshot(Version{1}), {Version{0}})->plan({});
  EXPECT_EQ(plan->next()->version, 1);
  EXPECT_FALSE(plan->next());
}

TEST_P(FormatContract, ScannableChangesHaveTheirColumns) {
  LAKELET_NEEDS_CHANGES
  const Feed feed{create(recorded(spec({"city"}), GetParam()))};
  append(*feed.table, {Value("Rome")});
  append(*feed.table, {Value("Oslo")}, 10);
  const auto rows = scannable(feed.table->changes(feed.table->snapshot(LatestVersion{}), {Version{2}}));
  EXPECT_EQ(to_string(rows->schema()),
            "id bigint, city string, value double, _change_type string, _commit_version bigint, "
            "_commit_timestamp timestamp");
  const auto tasks = plan(*rows);
  ASSERT_EQ(tasks.size(), 1u);
  EXPECT_EQ(tasks[0].constants.at(kChangeTypeColumn), Value("insert"));
  EXPECT_EQ(tasks[0].constants.at(kCommitVersionColumn), Value(2));
  EXPECT_EQ(error_of([&] { rows->require(Access::Append); }).code(), ErrorCode::UnsupportedFeature);
}

}  // namespace
}  // namespace lakelet
