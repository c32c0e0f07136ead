// Two writers: one commits in the moment in which the other is about to.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/operations.h"
#include "fault/trial_folder.h"

namespace lakelet::fault {
namespace {

using testing::HasSubstr;

const Fault kAtCommit{.call = StoreCall::PutIfAbsent, .effect = FaultEffect::None};

// A table with the three files of operation("append"), and a writer whose store has hooks.
struct Race {
  // On the table that operation `base` starts from.
  explicit Race(Format used, const std::string& base = "append") : format(used), folder(used, operation(base)) {
    folder.reset();
  }

  // `winner` runs, in a session of its own, right before the writer's next `times` commits are put.
  void win(const std::function<void(Session&)>& winner, int times = 1) {
    for (int nth = 1; nth <= times; ++nth) {
      Fault fault = kAtCommit;
      fault.nth = nth;
      fault.before = [this, winner](StoreCall, const std::string&) {
        Session other = open_session(format);
        winner(other);
      };
      store->inject(fault);
    }
  }
  Table newest() const { return open_session(format).open(folder.table()); }
  std::string table() const { return folder.table(); }

  const Format format;
  const TrialFolder folder;
  const std::shared_ptr<FaultyStore> store = faulty_disk();
  Session writer = open_session(format, store);
  const RowSet before = rows_before(operation("append"));
};

class Races : public testing::TestWithParam<Format> {
 protected:
  Race race{GetParam()};
};

// Whoever wins: the loser is either put on top, as if it had come after, or changes nothing and can come after.
void race_every_pair(Format format, const std::string& base) {
  const std::vector<std::string> names = {"append", "overwrite", "overwrite_where", "delete", "update", "merge"};
  for (const std::string& winner : names) {
    for (const std::string& loser : names) {
      SCOPED_TRACE(loser + " loses to " + winner);
      Race pair(format, base);
      pair.win([&](Session& other) { operation(winner).run(other, pair.table()); });
      const Outcome outcome = attempt([&] { return operation(loser).run(pair.writer, pair.table()); });
      SCOPED_TRACE(describe(outcome));
      const RowSet after_winner = operation(winner).model(pair.before);
      const RowSet after_both = operation(loser).model(after_winner);
      if (outcome.committed()) {
        EXPECT_EQ(outcome.report->version, 5);
        EXPECT_EQ(outcome.report->commit_retries, 1);
        EXPECT_EQ(read_rows(pair.newest()), after_both);
        continue;
      }
      EXPECT_TRUE(outcome.failed_with(ErrorCode::Conflict));
      EXPECT_NE(loser, "append") << "an append conflicts with no change of rows";
      EXPECT_EQ(read_rows(pair.newest()), after_winner);
      EXPECT_EQ(pair.newest().version(), 4);
      operation(loser).run(pair.writer, pair.table());
      EXPECT_EQ(read_rows(pair.newest()), after_both);
    }
  }
}

TEST_P(Races, EveryPairOfOperations) {
  race_every_pair(GetParam(), "append");
}

TEST_P(Races, EveryPairOfOperationsWithVectors) {
  race_every_pair(GetParam(), "delete_with_vectors");
}

TEST_P(Races, VectorsOfDifferentFilesAreBothMade) {
  Race pair(GetParam(), "delete_with_vectors");
  pair.win([&](Session& other) { other.open(pair.table()).delete_rows("id = 3"); });
  const Report report = pair.writer.open(pair.table()).delete_rows("id = 25");
  EXPECT_EQ(report.commit_retries, 1);
  EXPECT_EQ(read_rows(pair.newest()),
            keep_if(pair.before, [](const Row& row) { return row != row_of(3) && row != row_of(25); }));
}

TEST_P(Races, VectorsOfOneFileConflict) {
  Race pair(GetParam(), "delete_with_vectors");
  pair.win([&](Session& other) { other.open(pair.table()).delete_rows("id = 3"); });
  const Outcome outcome = attempt([&] { return pair.writer.open(pair.table()).delete_rows("id = 4"); });
  EXPECT_TRUE(outcome.failed_with(ErrorCode::Conflict)) << describe(outcome);
  EXPECT_EQ(read_rows(pair.newest()), keep_if(pair.before, [](const Row& row) { return row != row_of(3); }));
}

TEST_P(Races, ChangesOfDifferentFilesAreBothMade) {
  race.win([&](Session& other) { other.open(race.table()).delete_rows("id < 3"); });
  const Report report = race.writer.open(race.table()).update({{"amount", "-1"}}, "id >= 25");
  EXPECT_EQ(report.commit_retries, 1);
  EXPECT_EQ(report.version, 5);
  RowSet expected;
  for (const auto& [id, name, amount] : race.before) {
    if (id >= 3) expected.emplace(id, name, id >= 25 ? -1 : amount);
  }
  EXPECT_EQ(read_rows(race.newest()), expected);
}

TEST_P(Races, TheConflictSaysWithWhom) {
  race.win([&](Session& other) { other.open(race.table()).delete_rows("id = 1"); });
  const Outcome outcome = attempt([&] { return race.writer.open(race.table()).delete_rows("id = 2"); });
  ASSERT_TRUE(outcome.failed_with(ErrorCode::Conflict)) << describe(outcome);
  EXPECT_THAT(outcome.error->what(), HasSubstr("version 4"));
  EXPECT_EQ(read_rows(race.newest()), keep_if(race.before, [](const Row& row) { return row != row_of(1); }));
}

TEST_P(Races, AnAppendThatLosesThreeTimesComesFourth) {
  std::int64_t next = 1000;
  race.win(
      [&](Session& other) {
        other.open(race.table()).append(source_of(next, next + 5));
        next += 5;
      },
      3);
  const Report report = race.writer.open(race.table()).append(source_of(100, 110));
  EXPECT_EQ(report.commit_retries, 3);
  EXPECT_EQ(report.version, 7);
  EXPECT_EQ(read_rows(race.newest()), join(join(race.before, rows_of(1000, 1015)), rows_of(100, 110)));
}

// Appends a row with a column more than the table has.
void append_wider(Session& session, const std::string& table) {
  WriteOptions options;
  options.schema_mode = SchemaMode::Merge;
  auto rows = Source::sql("select 50::bigint as id, 'n50' as name, 500::bigint as amount, 'x' as extra");
  session.open(table).append(std::move(rows), options);
}

TEST_P(Races, ASchemaChangeInBetweenIsAConflictForRowsThatCanBeReadOnce) {
  race.win([&](Session& other) { append_wider(other, race.table()); });
  Session reading = open_session(GetParam());
  const auto once = [&] { return Source::stream(reading.rows(source_of(100, 110)).into_stream()); };
  const Outcome outcome = attempt([&] { return race.writer.open(race.table()).append(once()); });
  EXPECT_TRUE(outcome.failed_with(ErrorCode::Conflict)) << describe(outcome);
  EXPECT_EQ(race.newest().version(), 4);
  EXPECT_EQ(race.newest().schema().size(), 4);
  race.writer.open(race.table()).append(once());
  EXPECT_EQ(read_rows(race.newest()), join(join(race.before, rows_of(50, 51)), rows_of(100, 110)));
}

TEST_P(Races, RowsThatCanBeReadAgainComeAfterASchemaChange) {
  race.win([&](Session& other) { append_wider(other, race.table()); });
  const Report report = race.writer.open(race.table()).append(source_of(100, 110));
  EXPECT_EQ(report.version, 5);
  EXPECT_EQ(race.newest().schema().size(), 4);
  EXPECT_EQ(read_rows(race.newest()), join(join(race.before, rows_of(50, 51)), rows_of(100, 110)));
}

TEST_P(Races, ATableIsMadeOnce) {
  const std::string made = race.table() + "_made";
  race.win([&](Session& other) { other.create(made, parse_schema(kColumns)).append(source_of(0, 5)); });
  const CreateOptions options;
  const Outcome outcome =
      attempt([&] { return race.writer.write(made, source_of(5, 10), WriteMode::Append, {}, {}, &options); });
  EXPECT_TRUE(outcome.failed_with(ErrorCode::AlreadyExists)) << describe(outcome);
  const Table table = open_session(GetParam()).open(made);
  EXPECT_EQ(table.version(), 1);
  EXPECT_EQ(read_rows(table), rows_of(0, 5));
}

TEST_P(Races, WhoInsistsOnAVersionIsNotPutOnTopOfAnother) {
  race.win([&](Session& other) { other.open(race.table()).append(source_of(50, 55)); });
  WriteOptions options;
  options.if_version = 3;
  const Outcome outcome = attempt([&] { return race.writer.open(race.table()).append(source_of(100, 110), options); });
  EXPECT_TRUE(outcome.failed_with(ErrorCode::Conflict)) << describe(outcome);
  EXPECT_EQ(read_rows(race.newest()), join(race.before, rows_of(50, 55)));
}

// Our commit is done but nobody says so, and the next writer is there already.
TEST_P(Races, ALostAnswerIsFoundBehindAnothersCommit) {
  Fault fault = kAtCommit;
  fault.effect = FaultEffect::UnknownDone;
  fault.after = [&](StoreCall, const std::string&) {
    open_session(GetParam()).open(race.table()).append(source_of(50, 55));
  };
  race.store->inject(fault);
  const Report report = race.writer.open(race.table()).append(source_of(100, 110));
  EXPECT_EQ(report.version, 4);
  EXPECT_EQ(read_rows(race.newest()), join(join(race.before, rows_of(50, 55)), rows_of(100, 110)));
}

// Our commit isn't done, nobody says so, and its version is another's.
TEST_P(Races, NoAnswerAndAnothersCommitIsALostRace) {
  Fault fault = kAtCommit;
  fault.effect = FaultEffect::UnknownUndone;
  fault.before = [&](StoreCall, const std::string&) {
    open_session(GetParam()).open(race.table()).append(source_of(50, 55));
  };
  race.store->inject(fault);
  const Report report = race.writer.open(race.table()).append(source_of(100, 110));
  EXPECT_EQ(report.version, 5);
  EXPECT_EQ(report.commit_retries, 1);
  EXPECT_EQ(read_rows(race.newest()), join(join(race.before, rows_of(50, 55)), rows_of(100, 110)));
}

// The store reads but never answers a commit: it ends when its time is up, as unknown.
TEST_P(Races, ACommitThatIsNeverAnsweredEndsInTime) {
  Fault fault = kAtCommit;
  fault.effect = FaultEffect::UnknownUndone;
  fault.from_then_on = true;
  race.store->inject(fault);
  WriteOptions options;
  options.retry_budget = std::chrono::milliseconds(100);
  const Outcome outcome = attempt([&] { return race.writer.open(race.table()).append(source_of(100, 110), options); });
  EXPECT_TRUE(outcome.failed_with(ErrorCode::CommitUnknown)) << describe(outcome);
  EXPECT_FALSE(outcome.error->hint().empty());
  EXPECT_EQ(read_rows(race.newest()), race.before);
}

// A clock that went back, or a log that was copied: the commits' files are dated in the wrong order.
TEST(CommitTimes, TimeTravelGoesOneWayWhateverTheClockDid) {
  Race race(Format::Delta);
  const auto now = std::filesystem::file_time_type::clock::now();
  const int hours[] = {-1, -5, -3, -30};
  for (int version = 0; version < 4; ++version) {
    std::filesystem::last_write_time(fmt::format("{}/_delta_log/{:020}.json", race.table(), version),
                                     now + std::chrono::hours(hours[version]));
  }
  const Table table = race.newest();
  std::vector<HistoryEntry> history = table.history();
  ASSERT_EQ(history.size(), 4u);
  std::reverse(history.begin(), history.end());
  for (std::size_t i = 0; i < history.size(); ++i) {
    SCOPED_TRACE(i);
    if (i > 0) {
      EXPECT_GT(history[i].timestamp_us, history[i - 1].timestamp_us);
    }
    const Table then = table.at_timestamp(history[i].timestamp_us);
    EXPECT_EQ(then.version(), history[i].version);
    EXPECT_EQ(read_rows(then).size(), 10 * i);
  }
  EXPECT_THROW(table.at_timestamp(history[0].timestamp_us - 1000), Error);
}

INSTANTIATE_TEST_SUITE_P(Delta, Races, testing::Values(Format::Delta), [](const auto&) { return "table"; });
INSTANTIATE_TEST_SUITE_P(Memory, Races, testing::Values(Format::Memory), [](const auto&) { return "table"; });

}  // namespace
}  // namespace lakelet::fault
