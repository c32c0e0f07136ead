#include "storage/faulty/faulty_store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include "storage/local/local_store.h"
#include "storage/memory/memory_store.h"
#include "support/scratch_folder.h"

namespace lakelet {
namespace {

class FaultyStoreTest : public ::testing::Test {
 protected:
  // The code of what put() throws, if it does.
  std::optional<ErrorCode> put(const std::string& path) {
    try {
      store_.put(path, "x");
      return std::nullopt;
    } catch (const Error& error) {
      return error.code();
    }
  }

  std::shared_ptr<MemoryStore> inner_ = std::make_shared<MemoryStore>();
  FaultyStore store_{inner_};
};

TEST_F(FaultyStoreTest, FailsTheNthCallOnce) {
  store_.inject({.nth = 2});
  EXPECT_EQ(put("a"), std::nullopt);
  EXPECT_EQ(put("b"), ErrorCode::Unavailable);
  EXPECT_EQ(put("c"), std::nullopt);
  EXPECT_FALSE(inner_->find("b"));
  EXPECT_TRUE(inner_->find("c"));
  EXPECT_EQ(store_.calls(), 3);
  EXPECT_EQ(store_.faults_hit(), 1);
}

TEST_F(FaultyStoreTest, CountsOnlyCallsThatFit) {
  store_.inject({.nth = 2, .call = StoreCall::Put, .path_contains = "log/", .code = ErrorCode::Exhausted});
  EXPECT_EQ(put("log/0"), std::nullopt);
  EXPECT_EQ(put("data"), std::nullopt);
  store_.find("log/0");
  EXPECT_EQ(put("log/1"), ErrorCode::Exhausted);
}

TEST_F(FaultyStoreTest, CanCountChangesOnlyAndFailFromThenOn) {
  store_.inject({.nth = 2, .from_then_on = true, .changes_only = true});
  store_.find("a");
  EXPECT_EQ(put("a"), std::nullopt);
  store_.read_all("a");
  EXPECT_EQ(put("b"), ErrorCode::Unavailable);
  EXPECT_THROW(store_.remove("a"), Error);
  store_.clear();
  EXPECT_EQ(put("b"), std::nullopt);
  EXPECT_EQ(store_.changing_calls(), 4);
  EXPECT_EQ(store_.calls(), 7);  // find, put, open, read, put, remove, put
}

TEST_F(FaultyStoreTest, ALostAnswerHasDoneItsWork) {
  store_.inject({.effect = FaultEffect::LoseAnswer});
  EXPECT_EQ(put("a"), ErrorCode::Unavailable);
  EXPECT_TRUE(inner_->find("a"));
  store_.inject({.call = StoreCall::Finish, .effect = FaultEffect::LoseAnswer});
  const auto writer = store_.create("b");
  EXPECT_THROW(writer->finish(), Error);
  EXPECT_TRUE(inner_->find("b"));
}

TEST_F(FaultyStoreTest, PutIfAbsentCanAnswerUnknown) {
  store_.inject({.effect = FaultEffect::UnknownUndone});
  EXPECT_EQ(store_.put_if_absent("a", "1"), PutOutcome::Unknown);
  EXPECT_FALSE(inner_->find("a"));
  store_.inject({.effect = FaultEffect::UnknownDone});
  EXPECT_EQ(store_.put_if_absent("a", "1"), PutOutcome::Unknown);
  EXPECT_EQ(inner_->read_all("a"), "1");
  EXPECT_EQ(store_.put_if_absent("a", "2"), PutOutcome::Exists);
  store_.inject({.effect = FaultEffect::LoseAnswer});
  EXPECT_THROW(store_.put_if_absent("b", "1"), Error);
  EXPECT_TRUE(inner_->find("b"));
  store_.inject({.effect = FaultEffect::Fail});
  EXPECT_THROW(store_.put_if_absent("c", "1"), Error);
  EXPECT_FALSE(inner_->find("c"));
}

TEST_F(FaultyStoreTest, ReadersAndWritersFailToo) {
  inner_->put("a", "123");
  const auto reader = store_.open("a");
  const auto writer = store_.create("b");
  std::byte out[3];
  store_.inject({.call = StoreCall::Read});
  EXPECT_THROW(reader->read(0, out), Error);
  EXPECT_EQ(reader->read(0, out), 3u);
  store_.inject({.call = StoreCall::Append});
  EXPECT_THROW(writer->append(out), Error);
  store_.inject({.call = StoreCall::Finish});
  EXPECT_THROW(writer->finish(), Error);
  EXPECT_FALSE(inner_->find("b"));
  for (const StoreCall call : {StoreCall::List, StoreCall::ListFolder, StoreCall::Find, StoreCall::Open,
                               StoreCall::Create, StoreCall::Remove, StoreCall::Copy}) {
    store_.inject({.from_then_on = true, .call = call});
  }
  const auto visit = [](const ObjectInfo&) { return true; };
  EXPECT_THROW(store_.list("", "", visit), Error);
  EXPECT_THROW(store_.list_folder("", "", visit), Error);
  EXPECT_THROW(store_.find("a"), Error);
  EXPECT_THROW(store_.open("a"), Error);
  EXPECT_THROW(store_.create("c"), Error);
  EXPECT_THROW(store_.remove("a"), Error);
  EXPECT_THROW(store_.copy("a", "c"), Error);
  EXPECT_TRUE(inner_->find("a"));
  EXPECT_FALSE(inner_->find("c"));
}

TEST_F(FaultyStoreTest, HooksRunAroundTheCallAndMayUseTheStore) {
  std::string seen;
  store_.inject({.call = StoreCall::Put,
                 .effect = FaultEffect::None,
                 .before = [&](StoreCall, const std::string& path) { seen += store_.find(path) ? "+" : "-"; },
                 .after = [&](StoreCall, const std::string& path) { seen += store_.find(path) ? "+" : "-"; }});
  EXPECT_EQ(put("a"), std::nullopt);
  EXPECT_EQ(seen, "-+");
}

TEST_F(FaultyStoreTest, AHookCanEndTheProcessBetweenTheSteps) {
  const ScratchFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    FaultyStore store(std::make_shared<LocalStore>());
    store.inject(
        {.nth = 2, .changes_only = true, .effect = FaultEffect::None, .before = [](StoreCall, const std::string&) {
           ::_exit(42);
         }});
    store.put(folder / "a", "1");
    store.put(folder / "b", "1");
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 42);
  LocalStore store;
  EXPECT_TRUE(store.find(folder / "a"));
  EXPECT_FALSE(store.find(folder / "b"));
}

}  // namespace
}  // namespace lakelet
