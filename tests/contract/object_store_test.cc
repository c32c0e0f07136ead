#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "contract/object_store_contract.h"
#include "storage/faulty/faulty_store.h"
#include "storage/local/local_store.h"
#include "storage/memory/memory_store.h"
#include "storage/recording/recording_store.h"
#include "support/scratch_folder.h"

namespace lakelet {
namespace {

StoreUnderTest local_store() {
  auto folder = std::make_shared<ScratchFolder>();
  std::string root = folder->path();
  return {std::make_shared<LocalStore>(), std::move(root), std::move(folder)};
}

INSTANTIATE_TEST_SUITE_P(
    Stores, ObjectStoreContract,
    ::testing::Values(StoreFactory{"memory",
                                   [] {
                                     return StoreUnderTest{std::make_shared<MemoryStore>(), "lake", nullptr};
                                   }},
                      StoreFactory{"local", local_store},
                      StoreFactory{"recording",
                                   [] {
                                     auto inner = std::make_shared<MemoryStore>();
                                     return StoreUnderTest{std::make_shared<RecordingStore>(inner), "/lake", nullptr};
                                   }},
                      StoreFactory{"faultless",
                                   [] {
                                     StoreUnderTest local = local_store();
                                     local.store = std::make_shared<FaultyStore>(local.store);
                                     return local;
                                   }}),
    [](const auto& info) { return info.param.name; });

// What the local disk promises between processes.

int exit_code_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(LocalStoreProcesses, OneOfManyProcessesWinsEachKey) {
  constexpr int kProcesses = 4, kKeys = 60;
  const ScratchFolder folder;
  const std::string start = folder / "start";
  std::vector<pid_t> children;
  for (int p = 0; p < kProcesses; ++p) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      LocalStore store;
      while (::access(start.c_str(), F_OK) != 0) ::usleep(100);
      int won = 0;
      for (int k = 0; k < kKeys; ++k) {
        const std::string mine = std::to_string(p) + std::string(5000, '.');
        const PutOutcome outcome = store.put_if_absent(folder / ("log/" + std::to_string(k)), mine);
        if (outcome == PutOutcome::Unknown) ::_exit(200);
        won += outcome == PutOutcome::Created ? 1 : 0;
      }
      ::_exit(won);
    }
    children.push_back(child);
  }
  LocalStore store;
  store.put(start, "");
  int won = 0;
  for (const pid_t child : children) won += exit_code_of(child);
  EXPECT_EQ(won, kKeys);
  for (int k = 0; k < kKeys; ++k) EXPECT_EQ(store.read_all(folder / ("log/" + std::to_string(k))).size(), 5001u);
}

TEST(LocalStoreProcesses, AKilledWriterLeavesWholeObjectsOrNone) {
  const ScratchFolder folder;
  const std::string content(300'000, 'x');
  std::set<std::string> announced;
  for (int round = 0; round < 20; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      LocalStore store;
      for (int i = 0;; ++i) {
        const std::string name = std::to_string(round) + "-" + std::to_string(i);
        if (i % 2 == 0) {
          store.put_if_absent(folder / name, content);
        } else {
          const auto writer = store.create(folder / name);
          writer->append(as_span(content));
          writer->finish();
        }
        if (::write(ends[1], (name + "\n").data(), name.size() + 1) < 0) ::_exit(1);
      }
    }
    ::close(ends[1]);
    ::usleep(2000 + round * 700);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    std::string text(1 << 16, '\0');
    const ssize_t got = ::read(ends[0], text.data(), text.size());
    ::close(ends[0]);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    for (std::size_t start = 0, end; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
      announced.insert(text.substr(start, end - start));
    }
  }
  LocalStore store;
  std::size_t listed = 0;
  store.list(folder.path() + "/", "", [&](const ObjectInfo& object) {
    EXPECT_EQ(object.size, content.size()) << object.path;
    ++listed;
    return true;
  });
  for (const std::string& name : announced) EXPECT_TRUE(store.find(folder / name)) << name;
  EXPECT_GE(listed, announced.size());
  EXPECT_LE(listed, announced.size() + 20);  // at most one a round was there but not yet announced
}

}  // namespace
}  // namespace lakelet
