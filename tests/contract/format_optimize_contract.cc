// Files that are written again: what every format makes of a commit whose rows were there before.
#include "contract/format_contract.h"
#include "table/change_feed.h"

namespace lakelet {
namespace {

// Replaces every file of the table by one.
std::unique_ptr<Transaction> compaction(FormatTable& table,
                                        DataFile (*make_file)(const Transaction&, std::vector<Value>, std::int64_t)) {
  const auto base = table.snapshot(LatestVersion{});
  auto transaction = table.begin(base);
  const auto plan = base->plan({});
  while (const auto task = plan->next()) {
    transaction->read_file(task->file);
    transaction->remove(task->file);
  }
  transaction->add(make_file(*transaction, {}, 0));
  return transaction;
}

TEST_P(FormatContract, ACompactionLeavesOneFile) {
  const auto table = create();
  append(*table);
  append(*table, {}, 10);
  ASSERT_EQ(commit(*compaction(*table, &file), Operation::Optimize), 3);
  EXPECT_EQ(plan(*latest()).size(), 1u);
  EXPECT_EQ(plan(*at(Version{2})).size(), 2u);
}

TEST_P(FormatContract, ACompactionIsNoChangeOfRows) {
  if (!GetParam().implementation.records_changes) {
    GTEST_SKIP() << "the format reads change feeds (its own tests say how) but makes no table that records them yet";
  }
  CreateSpec recorded = spec();
  recorded.properties = *GetParam().implementation.records_changes;
  const auto table = create(recorded);
  append(*table);
  append(*table, {}, 10);
  ASSERT_EQ(commit(*compaction(*table, &file), Operation::Optimize), 3);
  std::vector<Version> told;
  const auto changes = table->changes(latest(), {Version{0}})->plan({});
  while (const auto task = changes->next()) told.push_back(task->version);
  EXPECT_THAT(told, testing::ElementsAre(1, 2));
}

TEST_P(FormatContract, ACompactionAndAnAppendGoTogether) {
  const auto table = create();
  append(*table);
  append(*table, {}, 10);
  const auto transaction = compaction(*table, &file);
  append(*open(), {}, 20);
  ASSERT_EQ(commit(*transaction, Operation::Optimize), 4);
  EXPECT_EQ(plan(*latest()).size(), 2u);
}

TEST_P(FormatContract, ACompactionIsNoHindranceToReaders) {
  const auto table = create();
  append(*table);
  append(*table, {}, 10);
  const auto reader = table->begin(latest());
  reader->read_where(Predicate::compare({"id"}, Comparison::Less, Value(std::int64_t{5})));
  reader->add(file(*reader, {}, 20));
  ASSERT_EQ(commit(*compaction(*open(), &file), Operation::Optimize), 3);
  EXPECT_EQ(commit(*reader, Operation::Merge), 4);
}

TEST_P(FormatContract, WhoTakesAFileFirstHasIt) {
  const auto table = create();
  append(*table);
  append(*table, {}, 10);
  const auto late = compaction(*table, &file);
  const auto removal = open()->begin(latest());
  removal->remove(plan(removal->base())[0].file);
  ASSERT_EQ(commit(*removal, Operation::Delete), 3);
  const auto outcome = try_commit(*late, {}, Operation::Optimize);
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_EQ(std::get<Conflict>(outcome).winner, 3);
}

// A format that keeps nothing of it says nothing; none says something else.
TEST_P(FormatContract, HowRowsWerePlacedIsKeptOrForgotten) {
  const auto table = create();
  append(*table);
  const auto base = latest();
  EXPECT_EQ(base->clustering_of(plan(*base)[0].file), nullptr);
  const auto transaction = table->begin(base);
  transaction->remove(plan(*base)[0].file);
  DataFile placed = file(*transaction);
  placed.clustering =
      std::make_shared<const FileClustering>(FileClustering{{"id", "city"}, "zorder", "abc", false, false});
  transaction->add(placed);
  ASSERT_EQ(commit(*transaction, Operation::Optimize), 2);
  const auto after = latest();
  const auto found = after->clustering_of(plan(*after)[0].file);
  if (!found) return;
  EXPECT_EQ(found->columns, placed.clustering->columns);
  EXPECT_EQ(found->curve, "zorder");
  EXPECT_EQ(found->rewriting, "abc");
  EXPECT_FALSE(found->foreign);
}

}  // namespace
}  // namespace lakelet
