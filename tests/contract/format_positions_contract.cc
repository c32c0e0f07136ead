// Rows removed by position, where the table's policy says so.
#include "contract/format_contract.h"

namespace lakelet {
namespace {

class PositionsContract : public FormatContract {
 protected:
  const Properties& properties() const { return GetParam().implementation.removes_rows_by_position; }
  // A table that removes rows by position, with `files` files of ten rows each.
  std::unique_ptr<FormatTable> create_with_files(int files, std::vector<std::string> partition_by = {}) {
    CreateSpec wanted = spec(std::move(partition_by));
    wanted.properties = properties();
    auto table = create(wanted);
    for (int i = 0; i < files; ++i) append(*table, {}, i * 100);
    return table;
  }
  static RowPositions rows(const std::vector<std::uint64_t>& positions) {
    RowPositions out;
    for (const auto position : positions) out.add(position);
    return out;
  }
  // The file whose ids begin with this one.
  static DataFile file_of(const Snapshot& snapshot, std::int64_t least_id) {
    for (const FileTask& task : plan(snapshot)) {
      if (task.file.statistics.at({"id"}).min->integer() == least_id) return task.file;
    }
    ADD_FAILURE() << "no file begins with " << least_id;
    return {};
  }
  std::vector<std::uint64_t> gone(const Snapshot& snapshot, std::int64_t least_id) {
    for (const FileTask& task : plan(snapshot)) {
      if (task.file.statistics.at({"id"}).min->integer() != least_id) continue;
      return task.deletes.positions ? task.deletes.positions->to_vector() : std::vector<std::uint64_t>{};
    }
    ADD_FAILURE() << "no file begins with " << least_id;
    return {};
  }
  Version remove_rows(std::int64_t least_id, const std::vector<std::uint64_t>& positions) {
    const auto transaction = open()->begin(latest());
    transaction->remove_rows(file_of(transaction->base(), least_id), rows(positions));
    return commit(*transaction, Operation::Delete);
  }
};

using Positions = std::vector<std::uint64_t>;

TEST_P(PositionsContract, RowsOfSeveralFilesGoInOneCommit) {
  create_with_files(3);
  const auto transaction = open()->begin(latest());
  transaction->remove_rows(file_of(transaction->base(), 0), rows({0, 9}));
  transaction->remove_rows(file_of(transaction->base(), 200), rows({4}));
  transaction->remove_rows(file_of(transaction->base(), 200), rows({5}));
  transaction->add(file(*transaction, {}, 300));
  EXPECT_EQ(ordinal(commit(*transaction, Operation::Update)), 4);
  EXPECT_EQ(gone(*latest(), 0), (Positions{0, 9}));
  EXPECT_EQ(gone(*latest(), 100), Positions{});
  EXPECT_EQ(gone(*latest(), 200), (Positions{4, 5}));
  EXPECT_EQ(latest()->size().rows, 36);
  EXPECT_EQ(latest()->size().files, 4);
  EXPECT_EQ(at(nth(3))->size().rows, 30);
}

TEST_P(PositionsContract, ManyRowsOfManyFiles) {
  const auto table = create_with_files(0);
  {
    const auto transaction = table->begin(table->snapshot(LatestVersion{}));
    for (int i = 0; i < 5; ++i) {
      DataFile large = file(*transaction, {}, i * 1'000'000);
      large.rows = 1'000'000;
      transaction->add(large);
    }
    commit(*transaction);
  }
  RowPositions scattered;
  for (std::uint64_t i = 0; i < 1'000'000; i += 97) scattered.add(i);
  for (const bool again : {false, true}) {
    const auto transaction = table->begin(table->snapshot(LatestVersion{}));
    if (again) scattered.add_range(500'000, 1000);
    for (int i = 0; i < 5; ++i) transaction->remove_rows(file_of(transaction->base(), i * 1'000'000), scattered);
    commit(*transaction, Operation::Delete);
  }
  for (const FileTask& task : plan(*latest())) {
    ASSERT_NE(task.deletes.positions, nullptr);
    EXPECT_EQ(*task.deletes.positions, scattered);
  }
  EXPECT_EQ(latest()->size().rows, 5'000'000 - 5 * static_cast<std::int64_t>(scattered.count()));
}

TEST_P(PositionsContract, TheSameRowsAgainAreNoMatter) {
  create_with_files(1);
  remove_rows(0, {1, 2});
  remove_rows(0, {2, 3});
  EXPECT_EQ(gone(*latest(), 0), (Positions{1, 2, 3}));
  EXPECT_EQ(latest()->size().rows, 7);
}

TEST_P(PositionsContract, AFileCanGoAfterItsRows) {
  create_with_files(2);
  remove_rows(0, {1, 2});
  {
    const auto transaction = open()->begin(latest());
    transaction->remove(file_of(transaction->base(), 0));
    commit(*transaction, Operation::Delete);
  }
  EXPECT_EQ(latest()->size().files, 1);
  EXPECT_EQ(gone(*at(nth(3)), 0), (Positions{1, 2}));
  const auto transaction = open()->begin(latest());
  transaction->remove_rows(file_of(transaction->base(), 100), rows({7}));
  transaction->remove(file_of(transaction->base(), 100));
  commit(*transaction, Operation::Delete);
  EXPECT_EQ(latest()->size().files, 0);
}

TEST_P(PositionsContract, NoBoundIsTakenAsExact) {
  create_with_files(1);
  remove_rows(0, {0});
  const FileTask task = plan(*latest()).at(0);
  EXPECT_EQ(task.file.rows, 10);
  const auto& id = task.file.statistics.at({"id"});
  EXPECT_LE(id.min->integer(), 1);
  EXPECT_GE(id.max->integer(), 9);
}

TEST_P(PositionsContract, TwoWritersOnOneFileConflict) {
  create_with_files(2);
  const auto ours = open()->begin(latest());
  const auto theirs = open()->begin(latest());
  theirs->remove_rows(file_of(theirs->base(), 0), rows({1}));
  ours->remove_rows(file_of(ours->base(), 0), rows({2}));
  commit(*theirs, Operation::Delete);
  const CommitOutcome outcome = try_commit(*ours, {}, Operation::Delete);
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_EQ(ordinal(std::get<Conflict>(outcome).winner), 3);
  EXPECT_EQ(gone(*latest(), 0), Positions{1});
}

TEST_P(PositionsContract, TwoWritersOnTwoFilesDoNot) {
  create_with_files(2);
  const auto ours = open()->begin(latest());
  const auto theirs = open()->begin(latest());
  theirs->remove_rows(file_of(theirs->base(), 0), rows({1}));
  ours->remove_rows(file_of(ours->base(), 100), rows({2}));
  commit(*theirs, Operation::Delete);
  EXPECT_EQ(ordinal(commit(*ours, Operation::Delete)), 4);
  EXPECT_EQ(gone(*latest(), 0), Positions{1});
  EXPECT_EQ(gone(*latest(), 100), Positions{2});
}

TEST_P(PositionsContract, RowsOfAFileThatIsGoneAreAConflict) {
  create_with_files(2);
  const auto ours = open()->begin(latest());
  const auto theirs = open()->begin(latest());
  theirs->remove(file_of(theirs->base(), 0));
  ours->remove_rows(file_of(ours->base(), 0), rows({2}));
  commit(*theirs, Operation::Delete);
  EXPECT_TRUE(std::holds_alternative<Conflict>(try_commit(*ours, {}, Operation::Delete)));
  EXPECT_EQ(latest()->size().rows, 10);
}

// What was read of a file is no longer so when rows of it went.
TEST_P(PositionsContract, WhoReadTheFileConflictsToo) {
  create_with_files(1);
  const auto ours = open()->begin(latest());
  const auto theirs = open()->begin(latest());
  ours->read_file(file_of(ours->base(), 0));
  ours->add(file(*ours, {}, 500));
  theirs->remove_rows(file_of(theirs->base(), 0), rows({2}));
  commit(*theirs, Operation::Delete);
  EXPECT_TRUE(std::holds_alternative<Conflict>(try_commit(*ours, {}, Operation::Merge)));
}

TEST_P(PositionsContract, AnAppendIsPutOnTop) {
  create_with_files(1);
  const auto ours = open()->begin(latest());
  ours->add(file(*ours, {}, 500));
  remove_rows(0, {2});
  EXPECT_EQ(ordinal(commit(*ours)), 3);
  EXPECT_EQ(latest()->size().rows, 19);
}

std::vector<FormatOnStore> formats_with_positions() {
  std::vector<FormatOnStore> all;
  for (const FormatImplementation& implementation : format_implementations()) {
    if (implementation.removes_rows_by_position.empty()) continue;
    for (const StoreKind store : {StoreKind::Memory, StoreKind::Disk}) all.push_back({implementation, store});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Formats, PositionsContract, testing::ValuesIn(formats_with_positions()), [](const auto& info) {
  return info.param.implementation.name + (info.param.store == StoreKind::Disk ? "_on_disk" : "_in_memory");
});

}  // namespace
}  // namespace lakelet
