// kill -9 at every step that changes the disk, and after every store call that does, of every operation.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "fault/child.h"
#include "fault/disk_steps.h"
#include "fault/table_check.h"
#include "fault/trial_folder.h"

namespace lakelet::fault {
namespace {

constexpr int kMostSteps = 200;

void die(StoreCall, const std::string&) {
  ::kill(::getpid(), SIGKILL);
}

// OPERATION TABLE "step" N, or OPERATION TABLE "after" N: does the operation and dies on the way.
int operate_and_die(const std::vector<std::string>& arguments) {
  const LakeOperation& op = operation(arguments.at(0));
  const std::string& when = arguments.at(2);
  const int nth = std::stoi(arguments.at(3));
  const auto store = when == "step" ? nullptr : faulty_disk();
  Session session = open_session(Format::Delta, store);
  if (when == "step") kill_at_disk_step(nth);
  if (when == "after") store->inject({.nth = nth, .changes_only = true, .effect = FaultEffect::None, .after = die});
  op.run(session, arguments.at(1));
  return 0;
}
const ChildRegistration kOperateAndDie("operate_and_die", operate_and_die);

struct Kills : testing::TestWithParam<std::string> {
  const LakeOperation& op = operation(GetParam());
  const TrialFolder folder{Format::Delta, op};

  // For every n that there is. Returns whether the operation was committed, in each way that was seen.
  std::set<bool> kill_at_every(const std::string& when) {
    std::set<bool> seen;
    int nth = 1;
    for (; nth < kMostSteps && !HasFailure(); ++nth) {
      SCOPED_TRACE(fmt::format("{} {}", when, nth));
      folder.reset();
      const auto end = Child("operate_and_die", {op.name, folder.table(), when, std::to_string(nth)}).wait();
      Expectation expectation{Format::Delta, folder.table(), &op, {}, true};
      Session fresh = open_session(Format::Delta);
      const bool committed = expect_whole(expectation, fresh);
      if (!end.killed) {
        EXPECT_EQ(end.status, 0);
        EXPECT_TRUE(committed);
        break;
      }
      seen.insert(committed);
      expect_works_again(expectation, committed, fresh, fresh);
    }
    EXPECT_LT(nth, kMostSteps);
    return seen;
  }
};

TEST_P(Kills, BeforeEveryStepOnTheDisk) {
  EXPECT_THAT(kill_at_every("step"), testing::ElementsAre(false, true));
}

TEST_P(Kills, AfterEveryStoreCallThatChanges) {
  EXPECT_TRUE(kill_at_every("after").contains(true));
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const LakeOperation& each : operations()) all.push_back(each.name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Delta, Kills, testing::ValuesIn(names()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace lakelet::fault
