// Files that are written again: what every format makes of a commit whose rows were there before.
#include "contract/format_contract.h"
#include "table/change_feed.h"
#include "table/clustering.h"

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
  ASSERT_EQ(ordinal(commit(*compaction(*table, &file), Operation::Optimize)), 3);
  EXPECT_EQ(plan(*latest()).size(), 1u);
  EXPECT_EQ(plan(*at(nth(2))).size(), 2u);
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
  ASSERT_EQ(ordinal(commit(*compaction(*table, &file), Operation::Optimize)), 3);
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
  ASSERT_EQ(ordinal(commit(*transaction, Operation::Optimize)), 4);
  EXPECT_EQ(plan(*latest()).size(), 2u);
}

TEST_P(FormatContract, ACompactionIsNoHindranceToReaders) {
  const auto table = create();
  append(*table);
  append(*table, {}, 10);
  const auto reader = table->begin(latest());
  reader->read_where(Predicate::compare({"id"}, Comparison::Less, Value(std::int64_t{5})));
  reader->add(file(*reader, {}, 20));
  ASSERT_EQ(ordinal(commit(*compaction(*open(), &file), Operation::Optimize)), 3);
  EXPECT_EQ(ordinal(commit(*reader, Operation::Merge)), 4);
}

TEST_P(FormatContract, WhoTakesAFileFirstHasIt) {
  const auto table = create();
  append(*table);
  append(*table, {}, 10);
  const auto late = compaction(*table, &file);
  const auto removal = open()->begin(latest());
  removal->remove(plan(removal->base())[0].file);
  ASSERT_EQ(ordinal(commit(*removal, Operation::Delete)), 3);
  const auto outcome = try_commit(*late, {}, Operation::Optimize);
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_EQ(ordinal(std::get<Conflict>(outcome).winner), 3);
}

// A format that keeps nothing of it knows nothing; none knows something else.
TEST_P(FormatContract, HowRowsWerePlacedIsKeptWhereItIsKeptAtAll) {
  const auto table = create();
  append(*table);
  const ClusteringTable* const kept = clustering_table(*table);
  const auto base = latest();
  const auto transaction = table->begin(base);
  ASSERT_EQ(kept != nullptr, clustering_transaction(*transaction) != nullptr);
  if (!kept) GTEST_SKIP() << "the format keeps no account of how rows are placed";
  EXPECT_TRUE(kept->clustering_columns(*base).empty());
  EXPECT_FALSE(kept->clustering_of(plan(*base)[0].file));
  transaction->remove(plan(*base)[0].file);
  clustering_transaction(*transaction)->add_clustered(file(*transaction), {{"id", "city"}, "zorder", "abc"});
  ASSERT_EQ(ordinal(commit(*transaction, Operation::Optimize)), 2);
  const auto found = kept->clustering_of(plan(*latest())[0].file);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->columns, (std::vector<std::string>{"id", "city"}));
  EXPECT_EQ(found->curve, "zorder");
  EXPECT_EQ(found->rewriting, "abc");
  EXPECT_FALSE(found->by_table || found->foreign);
}

}  // namespace
}  // namespace lakelet
