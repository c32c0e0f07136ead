// Commits that race, fail, or get no answer.
#include <atomic>
#include <thread>

#include "contract/format_contract.h"

namespace lakelet {
namespace {

using testing::HasSubstr;
using testing::Not;

// Two transactions that begin at the same version; the test commits `theirs` first.
struct Race {
  std::unique_ptr<FormatTable> our_table, their_table;
  std::unique_ptr<Transaction> ours, theirs;
};

Race race(std::unique_ptr<FormatTable> our_table, std::unique_ptr<FormatTable> their_table) {
  Race race{std::move(our_table), std::move(their_table), nullptr, nullptr};
  race.ours = race.our_table->begin(race.our_table->snapshot(LatestVersion{}));
  race.theirs = race.their_table->begin(race.their_table->snapshot(LatestVersion{}));
  return race;
}

Conflict conflict_in(const CommitOutcome& outcome) {
  const Conflict* conflict = std::get_if<Conflict>(&outcome);
  if (!conflict) {
    ADD_FAILURE() << (std::holds_alternative<Committed>(outcome) ? "committed" : "unknown");
    return {};
  }
  EXPECT_FALSE(conflict->what.empty());
  return *conflict;
}

const Predicate kIdBelowTen = Predicate::compare({"id"}, Comparison::Less, 10);

TEST_P(FormatContract, TwoAppendsBothLand) {
  create();
  Race r = race(open(), open());
  r.theirs->add(file(*r.theirs));
  r.ours->add(file(*r.ours));
  EXPECT_EQ(ordinal(commit(*r.theirs)), 1);
  const CommitOutcome outcome = try_commit(*r.ours);
  ASSERT_TRUE(std::holds_alternative<Committed>(outcome));
  EXPECT_EQ(ordinal(std::get<Committed>(outcome).version), 2);
  EXPECT_GE(std::get<Committed>(outcome).retries, 1);
  EXPECT_EQ(plan(*latest()).size(), 2u);
}

TEST_P(FormatContract, TwoRemovesOfOneFileConflict) {
  append(*create());
  Race r = race(open(), open());
  const DataFile target = plan(r.ours->base())[0].file;
  r.theirs->remove(target);
  r.ours->remove(target);
  r.ours->add(file(*r.ours));
  commit(*r.theirs, Operation::Delete);
  const Conflict conflict = conflict_in(try_commit(*r.ours, {}, Operation::Delete));
  EXPECT_EQ(ordinal(conflict.winner), 2);
  EXPECT_FALSE(conflict.version_moved);
  EXPECT_EQ(ordinal(latest()->version()), 2);
  EXPECT_TRUE(plan(*latest()).empty());
}

TEST_P(FormatContract, ARemoveOnTopOfAnAppendThatWasNotReadLands) {
  append(*create());
  Race r = race(open(), open());
  r.ours->remove(plan(r.ours->base())[0].file);
  r.theirs->add(file(*r.theirs, {}, 100));
  commit(*r.theirs);
  EXPECT_EQ(ordinal(commit(*r.ours, Operation::Delete)), 3);
  EXPECT_EQ(plan(*latest()).size(), 1u);
}

TEST_P(FormatContract, AnAddedFileThatMattersIsAConflict) {
  append(*create(), {}, 0);
  Race r = race(open(), open());
  r.ours->read_where(kIdBelowTen);
  r.ours->remove(plan(r.ours->base())[0].file);
  r.theirs->add(file(*r.theirs, {}, 5));
  commit(*r.theirs);
  EXPECT_EQ(ordinal(conflict_in(try_commit(*r.ours, {}, Operation::Delete)).winner), 2);
  EXPECT_EQ(plan(*latest()).size(), 2u);
}

TEST_P(FormatContract, AnAddedFileThatCannotMatterIsNone) {
  append(*create(), {}, 0);
  Race r = race(open(), open());
  r.ours->read_where(kIdBelowTen);
  r.ours->remove(plan(r.ours->base())[0].file);
  r.theirs->add(file(*r.theirs, {}, 100));
  commit(*r.theirs);
  EXPECT_EQ(ordinal(commit(*r.ours, Operation::Delete)), 3);
}

TEST_P(FormatContract, AnotherPartitionIsNoConflict) {
  const auto table = create(spec({"city"}));
  append(*table, {"Oslo"});
  append(*table, {"Bern"});
  const Predicate oslo = Predicate::compare({"city"}, Comparison::Equal, "Oslo");
  for (const char* city : {"Bern", "Oslo"}) {
    Race r = race(open(), open());
    r.ours->read_where(oslo);
    r.ours->remove(plan(r.ours->base(), oslo).at(0).file);
    r.ours->add(file(*r.ours, {"Oslo"}));
    r.theirs->add(file(*r.theirs, {city}));
    commit(*r.theirs);
    const CommitOutcome outcome = try_commit(*r.ours, {}, Operation::Update);
    if (std::string(city) == "Bern") {
      EXPECT_TRUE(std::holds_alternative<Committed>(outcome));
    } else {
      conflict_in(outcome);
    }
  }
}

TEST_P(FormatContract, AFileThatWasReadAndIsGoneIsAConflict) {
  append(*create());
  Race r = race(open(), open());
  const DataFile target = plan(r.ours->base())[0].file;
  r.ours->read_file(target);
  r.ours->add(file(*r.ours, {}, 100));
  r.theirs->remove(target);
  commit(*r.theirs, Operation::Delete);
  conflict_in(try_commit(*r.ours, {}, Operation::Merge));
}

TEST_P(FormatContract, ChangedMetadataIsAConflict) {
  create();
  Race r = race(open(), open());
  r.theirs->set_name("another name", "");
  r.ours->add(file(*r.ours));
  commit(*r.theirs, Operation::SetProperties);
  EXPECT_EQ(ordinal(conflict_in(try_commit(*r.ours)).winner), counts_versions() ? 1 : 0);
  Race both = race(open(), open());
  both.theirs->set_name("theirs", "");
  both.ours->set_name("ours", "");
  commit(*both.theirs, Operation::SetProperties);
  conflict_in(try_commit(*both.ours, {}, Operation::SetProperties));
  EXPECT_EQ(latest()->metadata().name, "theirs");
}

TEST_P(FormatContract, IfVersionMeansExactlyThat) {
  const auto table = create();
  const auto stale = table->begin(table->snapshot(LatestVersion{}));
  stale->add(file(*stale));
  append(*table);
  CommitOptions only_on_zero;
  only_on_zero.if_version = 0;
  const Conflict raced = conflict_in(try_commit(*stale, only_on_zero));
  EXPECT_TRUE(raced.version_moved);
  EXPECT_EQ(ordinal(raced.winner), 1);
  const auto fresh = table->begin(table->snapshot(LatestVersion{}));
  fresh->add(file(*fresh));
  EXPECT_TRUE(conflict_in(try_commit(*fresh, only_on_zero)).version_moved);
  EXPECT_EQ(ordinal(latest()->version()), 1);
  CommitOptions only_on_one;
  only_on_one.if_version = nth(1);
  const auto right = table->begin(table->snapshot(LatestVersion{}));
  right->add(file(*right));
  EXPECT_TRUE(std::holds_alternative<Committed>(try_commit(*right, only_on_one)));
  EXPECT_EQ(ordinal(latest()->version()), 2);
}

TEST_P(FormatContract, AnApplicationWritesItsVersionOnce) {
  const auto table = create();
  const auto write = [&](const std::string& application, std::int64_t version) {
    const auto transaction = table->begin(table->snapshot(LatestVersion{}));
    transaction->set_application_version(application, version);
    transaction->add(file(*transaction));
    return commit(*transaction);
  };
  EXPECT_EQ(ordinal(write("stream", 7)), 1);
  EXPECT_EQ(ordinal(write("stream", 7)), 1);
  EXPECT_EQ(ordinal(write("stream", 6)), 1);
  EXPECT_EQ(plan(*latest()).size(), 1u);
  EXPECT_EQ(ordinal(write("other", 7)), 2);
  EXPECT_EQ(ordinal(write("stream", 8)), 3);
  EXPECT_EQ(plan(*latest()).size(), 3u);
}

TEST_P(FormatContract, TwoWritesOfOneApplicationVersionLandOnce) {
  create();
  Race r = race(open(), open());
  for (Transaction* transaction : {r.theirs.get(), r.ours.get()}) {
    transaction->set_application_version("stream", 1);
    transaction->add(file(*transaction));
  }
  commit(*r.theirs);
  try_commit(*r.ours);
  EXPECT_EQ(plan(*latest()).size(), 1u);
}

TEST_P(FormatContract, ACancelledCommitChangesNothing) {
  const auto table = create();
  const auto transaction = table->begin(table->snapshot(LatestVersion{}));
  transaction->add(file(*transaction));
  CommitOptions options;
  options.cancellation.cancel();
  EXPECT_EQ(error_of([&] { try_commit(*transaction, options); }).code(), ErrorCode::Cancelled);
  EXPECT_EQ(ordinal(latest()->version()), 0);
}

TEST_P(FormatContract, ManyWritersLoseNothing) {
  create();
  constexpr int kWriters = 8;
  constexpr int kAppends = 4;
  std::vector<std::thread> writers;
  std::atomic<int> failures = 0;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      try {
        const auto table = open();
        for (int i = 0; i < kAppends; ++i) append(*table, {}, writer * 1000 + i * 10);
      } catch (const std::exception&) {
        ++failures;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(failures, 0);
  const auto snapshot = latest();
  EXPECT_EQ(ordinal(snapshot->version()), kWriters * kAppends);
  std::set<std::int64_t> least_ids;
  for (const FileTask& task : plan(*snapshot)) least_ids.insert(task.file.statistics.at({"id"}).min->integer());
  EXPECT_EQ(least_ids.size(), static_cast<std::size_t>(kWriters * kAppends));
}

// Without the property that asks for it, rows that go make a file be written again.
TEST_P(FormatContract, RowsGoByPositionOnlyWhereTheTableSaysSo) {
  append(*create());
  const auto transaction = open()->begin(latest());
  EXPECT_EQ(transaction->row_removal(), Transaction::RowRemoval::Rewrite);
  RowPositions positions;
  positions.add(1);
  const DataFile target = plan(transaction->base())[0].file;
  EXPECT_EQ(error_of([&] { transaction->remove_rows(target, positions); }).code(), ErrorCode::UnsupportedFeature);
}

TEST_P(FormatContract, RowsGoByPosition) {
  if (GetParam().implementation.removes_rows_by_position.empty()) GTEST_SKIP() << "the format has no such deletes";
  CreateSpec wanted = spec();
  wanted.properties = GetParam().implementation.removes_rows_by_position;
  const auto table = create(wanted);
  append(*table);
  for (const std::uint64_t position : {3, 7}) {
    const auto transaction = table->begin(table->snapshot(LatestVersion{}));
    EXPECT_EQ(transaction->row_removal(), Transaction::RowRemoval::Positions);
    RowPositions positions;
    positions.add(position);
    transaction->remove_rows(plan(transaction->base())[0].file, positions);
    commit(*transaction, Operation::Delete);
  }
  const FileTask task = plan(*latest()).at(0);
  ASSERT_NE(task.deletes.positions, nullptr);
  EXPECT_EQ(task.deletes.positions->to_vector(), (std::vector<std::uint64_t>{3, 7}));
  EXPECT_EQ(latest()->size().rows, 8);
  EXPECT_EQ(at(nth(2))->size().rows, 9);
  EXPECT_TRUE(plan(*at(nth(1))).at(0).deletes.none());
}

TEST_P(FormatContract, TwoRemovalsOfRowsOfOneFileNeverLoseOne) {
  if (GetParam().implementation.removes_rows_by_position.empty()) {
    EXPECT_EQ(format->create(context, location, spec())->row_removal(), Transaction::RowRemoval::Rewrite);
    return;
  }
  CreateSpec wanted = spec();
  wanted.properties = GetParam().implementation.removes_rows_by_position;
  append(*create(wanted));
  Race r = race(open(), open());
  const DataFile target = plan(r.ours->base())[0].file;
  RowPositions first, second;
  first.add(3);
  second.add(7);
  r.theirs->remove_rows(target, first);
  r.ours->remove_rows(target, second);
  commit(*r.theirs, Operation::Delete);
  const bool landed = std::holds_alternative<Committed>(try_commit(*r.ours, {}, Operation::Delete));
  EXPECT_EQ(plan(*latest()).at(0).deletes.positions->count(), landed ? 2u : 1u);
}

// Each way in which the one put of a commit may fail or leave us without an answer.
struct LostAnswer {
  const char* name;
  FaultEffect effect;
};
const LostAnswer kLostAnswers[] = {
    {"never arrived", FaultEffect::UnknownUndone},
    {"arrived", FaultEffect::UnknownDone},
    {"failed before", FaultEffect::Fail},
    {"failed after", FaultEffect::LoseAnswer},
};

TEST_P(FormatContract, ALostAnswerIsResolved) {
  for (const LostAnswer& lost : kLostAnswers) {
    const std::size_t before = format->detect(location) ? plan(*latest()).size() : 0;
    if (!format->detect(location)) create();
    const Version version = ordinal(latest()->version());
    const auto table = open();
    const auto transaction = table->begin(table->snapshot(LatestVersion{}));
    transaction->add(file(*transaction));
    store->inject({.call = StoreCall::PutIfAbsent, .effect = lost.effect});
    EXPECT_EQ(ordinal(commit(*transaction)), version + 1) << lost.name;
    store->clear();
    EXPECT_EQ(ordinal(latest()->version()), version + 1) << lost.name;
    EXPECT_EQ(plan(*latest()).size(), before + 1) << lost.name;
  }
  EXPECT_GE(store->faults_hit(), 4);
}

TEST_P(FormatContract, ALostAnswerOfACreateIsResolved) {
  const Location place = location;
  for (const LostAnswer& lost : kLostAnswers) {
    location = place.child(std::to_string(static_cast<int>(lost.effect)));
    const auto transaction = format->create(context, location, spec());
    store->inject({.call = StoreCall::PutIfAbsent, .effect = lost.effect});
    EXPECT_EQ(ordinal(commit(*transaction, Operation::Create)), 0) << lost.name;
    store->clear();
    EXPECT_EQ(ordinal(latest()->version()), 0) << lost.name;
  }
}

TEST_P(FormatContract, ALostAnswerBehindAWinnerIsResolved) {
  create();
  Race r = race(open(), open());
  r.ours->add(file(*r.ours, {}, 100));
  r.theirs->add(file(*r.theirs, {}, 200));
  Fault fault{.call = StoreCall::PutIfAbsent, .effect = FaultEffect::UnknownUndone};
  fault.before = [&](StoreCall, const std::string&) {
    store->clear();
    commit(*r.theirs);
  };
  store->inject(fault);
  const CommitOutcome outcome = try_commit(*r.ours);
  ASSERT_TRUE(std::holds_alternative<Committed>(outcome));
  EXPECT_EQ(ordinal(latest()->version()), 2);
  EXPECT_EQ(plan(*latest()).size(), 2u);
}

TEST_P(FormatContract, NoWayToTellIsUnknown) {
  const auto table = create();
  const auto transaction = table->begin(table->snapshot(LatestVersion{}));
  transaction->add(file(*transaction));
  Fault down{.from_then_on = true, .effect = FaultEffect::LoseAnswer};
  store->inject(down);
  CommitOptions options;
  options.retry_budget = std::chrono::milliseconds(300);
  const CommitOutcome outcome = try_commit(*transaction, options);
  store->clear();
  ASSERT_TRUE(std::holds_alternative<Unknown>(outcome));
  EXPECT_THAT(std::get<Unknown>(outcome).how_to_find_out, Not(testing::IsEmpty()));
  EXPECT_LE(plan(*latest()).size(), 1u);
}

TEST_P(FormatContract, AFullDiskLeavesTheTableAsItWas) {
  const auto table = create();
  append(*table);
  const auto transaction = table->begin(table->snapshot(LatestVersion{}));
  transaction->add(file(*transaction));
  store->inject({.changes_only = true, .effect = FaultEffect::Fail, .code = ErrorCode::Exhausted});
  EXPECT_EQ(error_of([&] { try_commit(*transaction); }).code(), ErrorCode::Exhausted);
  store->clear();
  EXPECT_EQ(ordinal(latest()->version()), 1);
  EXPECT_EQ(plan(*latest()).size(), 1u);
  append(*open());
  EXPECT_EQ(ordinal(latest()->version()), 2);
}

}  // namespace
}  // namespace lakelet
