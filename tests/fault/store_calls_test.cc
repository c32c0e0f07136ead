// Every store call of every operation fails, in every way in which a store can fail, and the table stays whole.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/table_check.h"
#include "fault/trial_folder.h"

namespace lakelet::fault {
namespace {

// More calls than any operation makes: an operation that never gets by without hitting the fault goes in circles.
constexpr std::int64_t kMostCalls = 300;

struct StoreCalls : testing::TestWithParam<std::tuple<Format, std::string>> {
  const Format format = std::get<0>(GetParam());
  const LakeOperation& op = operation(std::get<1>(GetParam()));
  const TrialFolder folder{format, op};

  // One run of the operation on a store that `arm` has prepared. Returns how it ended, or nothing if no fault was hit.
  std::optional<Outcome> run_trial(const std::string& what, const std::function<void(FaultyStore&)>& arm) {
    SCOPED_TRACE(what);
    folder.reset();
    const auto store = faulty_disk();
    Session session = open_session(format, store);
    arm(*store);
    Expectation expectation{format, folder.table(), &op, attempt([&] { return op.run(session, folder.table()); })};
    SCOPED_TRACE(describe(expectation.outcome));
    const bool hit = store->faults_hit() > 0;
    const bool touched = store->changing_calls() > 0;
    store->clear();
    if (hit) expect_told_as_it_was(expectation.outcome);
    // Where nothing was touched there is nothing to look at; a look now and then is for the session.
    if (!touched && hit && untouched_++ % 4 != 0) {
      EXPECT_FALSE(expectation.outcome.committed());
      return expectation.outcome;
    }
    Session fresh = open_session(format);
    const bool committed = expect_whole(expectation, fresh);
    if (!hit) {
      EXPECT_TRUE(expectation.outcome.committed()) << "without a fault";
      return std::nullopt;
    }
    expect_works_again(expectation, committed, session, fresh);  // by the session that met the fault
    return expectation.outcome;
  }

  // A store that can't be had is neither a missing table, nor a corrupt one, nor a bug.
  static void expect_told_as_it_was(const Outcome& outcome) {
    if (outcome.committed()) return;
    EXPECT_TRUE(outcome.failed_with(ErrorCode::Unavailable) || outcome.failed_with(ErrorCode::Exhausted) ||
                outcome.failed_with(ErrorCode::CommitUnknown));
  }

  // The n-th call that `fault` means, for every n that there is.
  std::vector<Outcome> run_all(const std::string& what, Fault fault) {
    std::vector<Outcome> outcomes;
    for (fault.nth = 1; fault.nth < kMostCalls && !HasFailure(); ++fault.nth) {
      const std::string which = fmt::format("{}, call {}", what, fault.nth);
      const auto outcome = run_trial(which, [&](FaultyStore& store) { store.inject(fault); });
      if (!outcome) break;
      outcomes.push_back(*outcome);
    }
    EXPECT_LT(fault.nth, kMostCalls) << what;
    EXPECT_FALSE(outcomes.empty()) << what << " was never met";
    return outcomes;
  }

  int untouched_ = 0;
};

// Everything fails that reads or changes. Where only changes fail, what fails is as before and faster to go through.
struct AllCalls : StoreCalls {};
struct ChangingCalls : StoreCalls {};

TEST_P(AllCalls, OneFails) {
  run_all("unavailable", {});
}

TEST_P(AllCalls, AllFailFromOneOn) {
  run_all("unavailable from here on", {.from_then_on = true});
}

TEST_P(ChangingCalls, TheAnswerOfOneIsLost) {
  run_all("answer lost", {.changes_only = true, .effect = FaultEffect::LoseAnswer});
}

// The change is done, and then the store is gone: the commit can't be read back.
TEST_P(ChangingCalls, TheAnswerOfOneIsLostAndTheStoreIsGone) {
  bool unknown = false;
  std::int64_t nth = 1;
  for (; nth < kMostCalls && !HasFailure(); ++nth) {
    const auto outcome = run_trial(fmt::format("answer lost and gone, call {}", nth), [&](FaultyStore& store) {
      Fault fault{.nth = nth, .changes_only = true, .effect = FaultEffect::LoseAnswer};
      fault.after = [&store](StoreCall, const std::string&) { store.inject({.from_then_on = true}); };
      store.inject(fault);
    });
    if (!outcome) break;
    unknown = unknown || outcome->failed_with(ErrorCode::CommitUnknown);
  }
  EXPECT_LT(nth, kMostCalls);
  EXPECT_TRUE(unknown) << "the commit's answer was never lost";
}

TEST_P(ChangingCalls, TheDiskIsFull) {
  for (const Outcome& outcome :
       run_all("disk full", {.from_then_on = true, .changes_only = true, .code = ErrorCode::Exhausted})) {
    EXPECT_TRUE(outcome.committed() || outcome.failed_with(ErrorCode::Exhausted)) << describe(outcome);
  }
}

TEST_P(ChangingCalls, ACommitWithoutAnswerIsReadBack) {
  const auto outcomes =
      run_all("commit done, no answer", {.call = StoreCall::PutIfAbsent, .effect = FaultEffect::UnknownDone});
  for (const Outcome& outcome : outcomes) {
    ASSERT_TRUE(outcome.committed()) << describe(outcome);
    EXPECT_EQ(outcome.report->commit_retries, 0);
  }
}

TEST_P(ChangingCalls, ACommitThatDidNotArriveIsMadeAgain) {
  const auto outcomes =
      run_all("commit not done, no answer", {.call = StoreCall::PutIfAbsent, .effect = FaultEffect::UnknownUndone});
  // A Table has no report of its making, and that of a restore says nothing of retries.
  bool again = op.only_creates || std::string_view(op.name).starts_with("restore");
  for (const Outcome& outcome : outcomes) {
    ASSERT_TRUE(outcome.committed()) << describe(outcome);
    // What else is put, beside the commit, isn't tried again.
    EXPECT_LE(outcome.report->commit_retries, 1);
    again = again || outcome.report->commit_retries == 1;
  }
  EXPECT_TRUE(again);
}

std::vector<std::string> names(Format format) {
  std::vector<std::string> all;
  for (const LakeOperation& each : operations()) {
    if (format == Format::Delta || !each.on_disk_only) all.push_back(each.name);
  }
  return all;
}

std::string name_of(const testing::TestParamInfo<std::tuple<Format, std::string>>& info) {
  return std::get<1>(info.param);
}

const auto kDelta = testing::Combine(testing::Values(Format::Delta), testing::ValuesIn(names(Format::Delta)));
const auto kMemory = testing::Combine(testing::Values(Format::Memory), testing::ValuesIn(names(Format::Memory)));
INSTANTIATE_TEST_SUITE_P(Delta, AllCalls, kDelta, name_of);
INSTANTIATE_TEST_SUITE_P(Delta, ChangingCalls, kDelta, name_of);
INSTANTIATE_TEST_SUITE_P(Memory, ChangingCalls, kMemory, name_of);

}  // namespace
}  // namespace lakelet::fault
