#include "table/commit_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <utility>

#include "lakelet/error.h"

namespace lakelet {
namespace {

using Put = CommitSteps::Put;
using std::chrono::microseconds;
using testing::HasSubstr;

// A log that lives in the test: what the loop asks is written down, what it is told comes from the script.
class ScriptedSteps : public CommitSteps {
 public:
  std::deque<Put> puts;                                 // the answers in turn; then Won
  std::deque<std::optional<bool>> owns;                 // likewise; then false
  std::deque<std::variant<Version, Conflict>> rebases;  // likewise; then the version that was lost
  std::vector<std::string> calls;
  std::function<void()> before_put;
  std::optional<ErrorCode> rebase_throws;

  Put put(Version version) override {
    if (before_put) before_put();
    calls.push_back("put " + std::to_string(version));
    return take(puts, Put::Won);
  }
  std::optional<bool> is_own(Version version) override {
    calls.push_back("is_own " + std::to_string(version));
    return take(owns, std::optional<bool>(false));
  }
  std::variant<Version, Conflict> rebase(Version from) override {
    calls.push_back("rebase " + std::to_string(from));
    if (rebase_throws) throw Error(*rebase_throws, "the store went away");
    return take(rebases, std::variant<Version, Conflict>(from));
  }
  std::string winner(Version version) override { return "writer of " + std::to_string(version); }

 private:
  template <typename T>
  static T take(std::deque<T>& script, T otherwise) {
    if (script.empty()) return otherwise;
    T next = std::move(script.front());
    script.pop_front();
    return next;
  }
};

class SureSteps : public ScriptedSteps, public KnowsUnsent {};

// A clock that only sleeping and the test move; the dice always show the longest pause.
class ScriptedPacing : public CommitPacing {
 public:
  std::vector<microseconds> sleeps;
  std::chrono::steady_clock::time_point time{};

  std::chrono::steady_clock::time_point now() override { return time; }
  void sleep(microseconds duration, const Cancellation&) override {
    sleeps.push_back(duration);
    time += duration;
  }
  double random_fraction() override { return 1; }
};

class CommitOnTop : public testing::Test {
 protected:
  SureSteps sure;
  ScriptedSteps steps;
  ScriptedPacing pacing;
  CommitOptions options;

  CommitOutcome commit(Version base = 4) { return commit_on_top(steps, base, options, pacing); }
  CommitOutcome commit_surely() { return commit_on_top(sure, 4, options, pacing); }

  void expect_committed(const CommitOutcome& outcome, Version version, int retries) {
    const Committed* committed = std::get_if<Committed>(&outcome);
    ASSERT_NE(committed, nullptr);
    EXPECT_EQ(committed->version, version);
    EXPECT_EQ(committed->retries, retries);
  }
  using Calls = std::vector<std::string>;
};

TEST_F(CommitOnTop, WinsAtOnce) {
  expect_committed(commit(), 5, 0);
  EXPECT_EQ(steps.calls, (Calls{"put 5"}));
  EXPECT_TRUE(pacing.sleeps.empty());
}

TEST_F(CommitOnTop, RebasesOnTheNewestAfterALoss) {
  steps.puts = {Put::Lost};
  steps.rebases = {Version{8}};
  std::vector<Event> events;
  options.events = [&](const Event& event) { events.push_back(event); };
  expect_committed(commit(), 9, 1);
  EXPECT_EQ(steps.calls, (Calls{"put 5", "is_own 5", "rebase 5", "put 9"}));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, EventKind::Note);
  EXPECT_THAT(events[0].text, HasSubstr("lost version 5 to writer of 5"));
  EXPECT_THAT(events[0].text, HasSubstr("trying version 9"));
}

TEST_F(CommitOnTop, FiftyLossesThenAWin) {
  steps.puts.assign(50, Put::Lost);
  options.retry_budget = std::chrono::hours(1);
  expect_committed(commit(), 55, 50);
  ASSERT_EQ(pacing.sleeps.size(), 50u);
  EXPECT_EQ(pacing.sleeps.front(), std::chrono::milliseconds(10));
  EXPECT_EQ(pacing.sleeps[1], std::chrono::milliseconds(20));
  EXPECT_EQ(pacing.sleeps.back(), std::chrono::milliseconds(2000));
}

TEST_F(CommitOnTop, ASpentBudgetIsAConflictThatNamesTheWinner) {
  steps.puts.assign(10'000, Put::Lost);
  options.retry_budget = std::chrono::seconds(5);
  const CommitOutcome outcome = commit();
  const Conflict* conflict = std::get_if<Conflict>(&outcome);
  ASSERT_NE(conflict, nullptr);
  EXPECT_GT(conflict->winner, 5);
  EXPECT_EQ(conflict->who, "writer of " + std::to_string(conflict->winner));
  EXPECT_THAT(conflict->what, HasSubstr("within 5000 ms"));
  EXPECT_FALSE(conflict->version_moved);
}

TEST_F(CommitOnTop, AConflictFoundByTheRebaseEndsIt) {
  steps.puts = {Put::Lost};
  steps.rebases = {Conflict{5, "other", "both remove file x", false}};
  const CommitOutcome outcome = commit();
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_EQ(std::get<Conflict>(outcome).what, "both remove file x");
  EXPECT_EQ(steps.calls, (Calls{"put 5", "is_own 5", "rebase 5"}));
}

TEST_F(CommitOnTop, NoAnswerAndItIsOurs) {
  steps.puts = {Put::NoAnswer};
  steps.owns = {true};
  expect_committed(commit(), 5, 0);
  EXPECT_EQ(steps.calls, (Calls{"put 5", "is_own 5"}));
}

TEST_F(CommitOnTop, LostButItIsOurs) {
  // The store sent the put twice: the first arrived, its answer didn't, and the second found the first.
  steps.puts = {Put::Lost};
  steps.owns = {true};
  expect_committed(commit(), 5, 0);
}

TEST_F(CommitOnTop, NoAnswerAndItIsSomebodyElses) {
  steps.puts = {Put::NoAnswer};
  steps.rebases = {Version{5}};
  expect_committed(commit(), 6, 1);
  EXPECT_EQ(steps.calls, (Calls{"put 5", "is_own 5", "rebase 5", "is_own 5", "put 6"}));
}

TEST_F(CommitOnTop, NoAnswerAndNobodysIsPutAgainAtTheSameVersion) {
  steps.puts = {Put::NoAnswer};
  steps.rebases = {Version{4}};
  expect_committed(commit(), 5, 1);
  EXPECT_EQ(steps.calls, (Calls{"put 5", "is_own 5", "rebase 5", "put 5"}));
}

TEST_F(CommitOnTop, OursThatArrivesLateIsNotCommittedTwice) {
  // Not there when we looked, there when the rebase read on: without a second look it would pass for another's.
  steps.puts = {Put::NoAnswer};
  steps.owns = {false, true};
  steps.rebases = {Version{5}};
  expect_committed(commit(), 5, 0);
  steps = {};
  steps.puts = {Put::NoAnswer};
  steps.owns = {false, true};
  steps.rebases = {Conflict{5, "ourselves", "it removed the file that we remove", false}};
  expect_committed(commit(), 5, 0);
  steps = {};
  steps.puts = {Put::NoAnswer, Put::Lost};
  steps.owns = {false, true};
  steps.rebases = {Version{4}};
  expect_committed(commit(), 5, 1);
}

TEST_F(CommitOnTop, NoAnswerAndCannotTellIsUnknown) {
  steps.puts = {Put::NoAnswer};
  steps.owns.assign(kReadBackTries, std::nullopt);
  const CommitOutcome outcome = commit();
  ASSERT_TRUE(std::holds_alternative<Unknown>(outcome));
  EXPECT_THAT(std::get<Unknown>(outcome).how_to_find_out, HasSubstr("version 5"));
  EXPECT_EQ(steps.calls.size(), 1u + kReadBackTries);
  EXPECT_EQ(pacing.sleeps.size(), kReadBackTries - 1u);
}

TEST_F(CommitOnTop, AReadBackThatSucceedsLaterCounts) {
  steps.puts = {Put::NoAnswer};
  steps.owns = {std::nullopt, std::nullopt, true};
  expect_committed(commit(), 5, 0);
}

TEST_F(CommitOnTop, NoAnswerForeverIsUnknown) {
  steps.puts.assign(10'000, Put::NoAnswer);
  steps.rebases.assign(10'000, Version{4});
  EXPECT_TRUE(std::holds_alternative<Unknown>(commit()));
}

TEST_F(CommitOnTop, AnErrorInDoubtIsUnknown) {
  steps.puts = {Put::NoAnswer};
  steps.rebase_throws = ErrorCode::Unavailable;
  const CommitOutcome outcome = commit();
  ASSERT_TRUE(std::holds_alternative<Unknown>(outcome));
  EXPECT_THAT(std::get<Unknown>(outcome).how_to_find_out, HasSubstr("the store went away"));
}

TEST_F(CommitOnTop, AnErrorWithoutDoubtPassesThrough) {
  steps.puts = {Put::Lost};
  steps.rebase_throws = ErrorCode::Unavailable;
  EXPECT_THROW(commit(), Error);
}

TEST_F(CommitOnTop, AnExistingTableInDoubtIsLookedAtOnceMore) {
  steps.puts = {Put::NoAnswer};
  steps.owns = {false, true};
  steps.rebase_throws = ErrorCode::AlreadyExists;
  expect_committed(commit(-1), 0, 0);
  steps.calls.clear();
  steps.puts = {Put::NoAnswer};
  steps.owns = {false, false};
  try {
    commit(-1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::AlreadyExists);
  }
}

TEST_F(CommitOnTop, AStoreOutOfReachIsNoAnswer) {
  bool first = true;
  steps.before_put = [&] {
    if (std::exchange(first, false)) throw Error(ErrorCode::Unavailable, "timed out");
  };
  steps.rebases = {Version{4}};
  expect_committed(commit(), 5, 1);
  steps.before_put = [] { throw Error(ErrorCode::Exhausted, "the disk is full"); };
  EXPECT_THROW(commit(), Error);
}

TEST_F(CommitOnTop, WhatCertainlyWasntPutIsPutAgain) {
  int failures = 2;
  sure.before_put = [&] {
    if (failures-- > 0) throw Error(ErrorCode::Unavailable, "nobody there");
  };
  expect_committed(commit_surely(), 5, 0);
  EXPECT_EQ(sure.calls, (Calls{"put 5"}));
  EXPECT_EQ(pacing.sleeps.size(), 2u);
}

TEST_F(CommitOnTop, WhatCertainlyWasntPutIsNoUnknown) {
  int puts = 0;
  sure.before_put = [&] {
    ++puts;
    throw Error(ErrorCode::Unavailable, "nobody there");
  };
  try {
    commit_surely();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Unavailable);
  }
  EXPECT_EQ(puts, kUnreachedTries);
  EXPECT_TRUE(sure.calls.empty());  // nothing to read back
}

TEST_F(CommitOnTop, ALaterCertaintyDoesntSettleAnEarlierDoubt) {
  sure.puts = {Put::NoAnswer};
  sure.rebases = {Version{4}};
  bool first = true;
  sure.before_put = [&] {
    if (!std::exchange(first, false)) throw Error(ErrorCode::Unavailable, "nobody there");
  };
  EXPECT_TRUE(std::holds_alternative<Unknown>(commit_surely()));
}

TEST_F(CommitOnTop, IfVersionRefusesAnotherBase) {
  options.if_version = 3;
  const CommitOutcome outcome = commit(4);
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_TRUE(std::get<Conflict>(outcome).version_moved);
  EXPECT_EQ(std::get<Conflict>(outcome).winner, 4);
  EXPECT_TRUE(steps.calls.empty());
}

TEST_F(CommitOnTop, IfVersionNeverRebases) {
  options.if_version = 4;
  steps.puts = {Put::Lost};
  const CommitOutcome outcome = commit(4);
  ASSERT_TRUE(std::holds_alternative<Conflict>(outcome));
  EXPECT_TRUE(std::get<Conflict>(outcome).version_moved);
  EXPECT_EQ(std::get<Conflict>(outcome).winner, 5);
  EXPECT_EQ(steps.calls, (Calls{"put 5", "is_own 5"}));
}

TEST_F(CommitOnTop, IfVersionSurvivesALostAnswer) {
  options.if_version = 4;
  steps.puts = {Put::NoAnswer};
  steps.rebases = {Version{4}};
  expect_committed(commit(4), 5, 1);
  steps = {};
  steps.puts = {Put::NoAnswer};
  steps.rebases = {Version{5}};
  EXPECT_TRUE(std::get<Conflict>(commit(4)).version_moved);
}

TEST_F(CommitOnTop, CancelsBeforeThePut) {
  options.cancellation.cancel();
  try {
    commit();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Cancelled);
  }
  EXPECT_TRUE(steps.calls.empty());
}

TEST_F(CommitOnTop, CancelsBetweenRetries) {
  steps.puts.assign(10, Put::Lost);
  steps.before_put = [this] {
    if (steps.calls.size() >= 3) options.cancellation.cancel();
  };
  EXPECT_THROW(commit(), Error);
  EXPECT_EQ(std::count(steps.calls.begin(), steps.calls.end(), "put 6"), 1);
}

TEST_F(CommitOnTop, ACancelInDoubtIsUnknown) {
  steps.puts = {Put::NoAnswer};
  steps.rebases = {Version{4}};
  steps.before_put = [this] { options.cancellation.cancel(); };
  EXPECT_TRUE(std::holds_alternative<Unknown>(commit()));
}

TEST(BackOff, GrowsToTwoSeconds) {
  EXPECT_EQ(back_off_limit(1).count(), 10);
  EXPECT_EQ(back_off_limit(5).count(), 160);
  EXPECT_EQ(back_off_limit(9).count(), 2000);
  EXPECT_EQ(back_off_limit(1'000'000).count(), 2000);
}

TEST(RequireCommitted, SaysWhatHappened) {
  EXPECT_EQ(require_committed(Committed{7, 2}, "t").version, 7);
  try {
    require_committed(Conflict{8, "MERGE by spark", "it removed a.parquet", false}, "/lake/t");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Conflict);
    EXPECT_STREQ(error.what(), "the commit to '/lake/t' lost to version 8 (MERGE by spark): it removed a.parquet");
    EXPECT_THAT(error.hint(), HasSubstr("nothing was committed"));
  }
  try {
    require_committed(Unknown{"look at the history"}, "/lake/t");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::CommitUnknown);
    EXPECT_EQ(error.hint(), "look at the history");
  }
}

}  // namespace
}  // namespace lakelet
