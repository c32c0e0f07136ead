// What every object store promises (src/storage/object_store.h), as one parameterised suite. A new store adds one
// instantiation and no test code.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "lakelet/error.h"
#include "storage/object_store.h"

namespace lakelet {

// A store and a folder in it that is this test's own: paths are `root` + "/...".
struct StoreUnderTest {
  std::shared_ptr<ObjectStore> store;
  std::string root;
  std::shared_ptr<void> keeps_alive;
};

struct StoreFactory {
  std::string name;
  std::function<StoreUnderTest()> make;
  // Whether a list comes in pages, as a bucket's does: what is removed meanwhile may still be shown.
  bool lists_pages = false;
  friend void PrintTo(const StoreFactory& factory, std::ostream* out) { *out << factory.name; }
};

inline std::span<const std::byte> as_span(std::string_view text) {
  return std::as_bytes(std::span(text));
}

class ObjectStoreContract : public ::testing::TestWithParam<StoreFactory> {
 protected:
  using Paths = std::vector<std::string>;

  std::string at(const std::string& name) const { return test_.root + "/" + name; }
  ObjectStore& store() { return *test_.store; }

  // Everything below takes and returns names relative to the root.
  Paths list(const std::string& prefix, const std::string& start_after = {}, std::size_t most = 1'000'000) {
    Paths found;
    store().list(at(prefix), start_after.empty() ? "" : at(start_after), [&](const ObjectInfo& object) {
      found.push_back(relative(object.path));
      return found.size() < most;
    });
    return found;
  }
  Paths list_folder(const std::string& folder, const std::string& start_after = {}, bool with_folders = true) {
    Paths found;
    const auto visit_folder = [&](const std::string& path) { return found.push_back(relative(path) + "/"), true; };
    store().list_folder(
        folder.empty() ? test_.root : at(folder), start_after.empty() ? "" : at(start_after),
        [&](const ObjectInfo& object) { return found.push_back(relative(object.path)), true; },
        with_folders ? visit_folder : std::function<bool(const std::string&)>{});
    return found;
  }
  void put(const Paths& names) {
    for (const std::string& name : names) store().put(at(name), "content of " + name);
  }
  std::string read(const std::string& name) { return store().read_all(at(name)); }

  template <typename Call>
  void expect_error(ErrorCode code, const std::string& name, const Call& call) {
    try {
      call();
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_THAT(error.what(), ::testing::HasSubstr(at(name)));
    }
  }

  std::string relative(const std::string& path) const {
    EXPECT_TRUE(path.starts_with(test_.root + "/")) << path;
    return path.substr(test_.root.size() + 1);
  }

  StoreUnderTest test_ = GetParam().make();
};

// The names that folders, URIs and shells trip over.
inline const std::vector<std::string> kSpecialNames = {
    "a b",        "100%", "%20",  "%41",  "\u00e9", "e\u0301", "x=1/y=__HIVE_DEFAULT_PARTITION__/f",
    "a#b",        "a?b",  "a\nb", "a\\b", "a'b\"c", "a*[b]",   "x=2025-01-31 12%3A00%3A00/f",
    "\U0001F600", "a:b",  "-rf",  "a;b",  "~",      ".hidden", "..a",
};

TEST_P(ObjectStoreContract, AnEmptyStoreHasNothing) {
  EXPECT_THAT(list(""), ::testing::IsEmpty());
  EXPECT_THAT(list("no/such/prefix"), ::testing::IsEmpty());
  EXPECT_THAT(list_folder(""), ::testing::IsEmpty());
  EXPECT_THAT(list_folder("no/such/folder"), ::testing::IsEmpty());
  EXPECT_EQ(store().find(at("x")), std::nullopt);
  EXPECT_EQ(store().find(at("x/y")), std::nullopt);
  expect_error(ErrorCode::NotFound, "x", [&] { store().open(at("x")); });
  expect_error(ErrorCode::NotFound, "no/x", [&] { read("no/x"); });
  EXPECT_NO_THROW(store().remove(at("x")));
  EXPECT_NO_THROW(store().remove(at("no/x")));
}

TEST_P(ObjectStoreContract, ListsInByteOrderOfTheWholePath) {
  // '-' and '.' sort before '/', '0' after it: the content of the folder "a" stands between "a.x" and "a0".
  put({"b", "a/z", "a0", "a.x", "a-", "a/b/c", "a/B", "a/b.c", "\u00e9", "Z", "a/b0"});
  const Paths sorted = {"Z", "a-", "a.x", "a/B", "a/b.c", "a/b/c", "a/b0", "a/z", "a0", "b", "\u00e9"};
  EXPECT_EQ(list(""), sorted);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    EXPECT_EQ(list("", sorted[i]), Paths(sorted.begin() + i + 1, sorted.end())) << sorted[i];
    EXPECT_EQ(list("", {}, i + 1), Paths(sorted.begin(), sorted.begin() + i + 1));
  }
}

TEST_P(ObjectStoreContract, StartAfterNeedNotExist) {
  put({"log/01", "log/02", "log/03", "log/sub/x"});
  EXPECT_EQ(list("log/", "log/015"), (Paths{"log/02", "log/03", "log/sub/x"}));
  EXPECT_EQ(list("log/", "log/"), (Paths{"log/01", "log/02", "log/03", "log/sub/x"}));
  EXPECT_EQ(list("log/", "a"), (Paths{"log/01", "log/02", "log/03", "log/sub/x"}));
  EXPECT_EQ(list("log/", "log/sub"), (Paths{"log/sub/x"}));
  EXPECT_EQ(list("log/", "log/sub/x"), Paths{});
  EXPECT_EQ(list("log/", "z"), Paths{});
  EXPECT_EQ(list_folder("log", "log/02"), (Paths{"log/03", "log/sub/"}));
  EXPECT_EQ(list_folder("log", "log/sub0"), Paths{});
}

TEST_P(ObjectStoreContract, APrefixIsTextAndNoFolder) {
  put({"ab/x", "abc", "abd/y", "a", "b"});
  EXPECT_EQ(list("ab"), (Paths{"ab/x", "abc", "abd/y"}));
  EXPECT_EQ(list("ab/"), (Paths{"ab/x"}));
  EXPECT_EQ(list("ab/x"), (Paths{"ab/x"}));
  EXPECT_EQ(list("ab/x/"), Paths{});
  EXPECT_EQ(list("a"), (Paths{"a", "ab/x", "abc", "abd/y"}));
}

TEST_P(ObjectStoreContract, AFolderListsItsOwnObjectsAndItsSubFolders) {
  put({"t/b", "t/a", "t/a.c", "t/s/1", "t/s/deep/2", "t/s0", "tt/x", "u"});
  EXPECT_EQ(list_folder("t"), (Paths{"t/a", "t/a.c", "t/b", "t/s/", "t/s0"}));
  EXPECT_EQ(list_folder("t", {}, false), (Paths{"t/a", "t/a.c", "t/b", "t/s0"}));
  EXPECT_EQ(list_folder("t/s"), (Paths{"t/s/1", "t/s/deep/"}));
  EXPECT_EQ(list_folder(""), (Paths{"t/", "tt/", "u"}));
  EXPECT_EQ(list_folder("u"), Paths{});

  Paths seen;
  store().list_folder(at("t"), "",
                      [&](const ObjectInfo& object) { return seen.push_back(relative(object.path)), seen.size() < 2; });
  EXPECT_EQ(seen, (Paths{"t/a", "t/a.c"}));
  seen.clear();
  store().list_folder(
      at("t"), "", [](const ObjectInfo&) { return true; },
      [&](const std::string& folder) { return seen.push_back(relative(folder)), false; });
  EXPECT_EQ(seen, (Paths{"t/s"}));
}

TEST_P(ObjectStoreContract, SaysSizeAndTime) {
  const std::int64_t before = now_us() - 2 * kMicrosPerSecond;  // a disk's clock ticks coarsely
  store().put(at("x"), "12345");
  const auto found = store().find(at("x"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, at("x"));
  EXPECT_EQ(found->size, 5u);
  EXPECT_GE(found->modified_us, before);
  EXPECT_LE(found->modified_us, now_us() + 2 * kMicrosPerSecond);
  store().list(at(""), "", [&](const ObjectInfo& listed) {
    EXPECT_EQ(listed.size, found->size);
    EXPECT_EQ(listed.modified_us, found->modified_us);
    return true;
  });
  const auto reader = store().open(at("x"));
  EXPECT_EQ(reader->info().path, at("x"));
  EXPECT_EQ(reader->info().size, 5u);
  EXPECT_EQ(reader->info().modified_us, found->modified_us);
  EXPECT_EQ(store().find(test_.root), std::nullopt);  // a folder is no object
}

TEST_P(ObjectStoreContract, ReadsRanges) {
  store().put(at("x"), "0123456789");
  const auto reader = store().open(at("x"));
  const auto range = [&](std::uint64_t offset, std::size_t length) {
    std::string out(length, '?');
    out.resize(reader->read(offset, std::as_writable_bytes(std::span(out))));
    return out;
  };
  EXPECT_EQ(range(0, 10), "0123456789");
  EXPECT_EQ(range(3, 4), "3456");
  EXPECT_EQ(range(0, 0), "");
  EXPECT_EQ(range(8, 10), "89");
  EXPECT_EQ(range(10, 1), "");
  EXPECT_EQ(range(11, 1), "");
  EXPECT_EQ(range(std::uint64_t{1} << 62, 1), "");
  EXPECT_EQ(range(0, 100), "0123456789");
}

TEST_P(ObjectStoreContract, ReadAllKeepsToItsLimit) {
  store().put(at("x"), "12345");
  EXPECT_EQ(store().read_all(at("x"), 5), "12345");
  expect_error(ErrorCode::Exhausted, "x", [&] { store().read_all(at("x"), 4); });
}

TEST_P(ObjectStoreContract, AReaderKeepsTheObjectThatItOpened) {
  store().put(at("x"), "old content");
  const auto reader = store().open(at("x"));
  store().put(at("x"), "new");
  store().remove(at("x"));
  std::string out(100, '?');
  out.resize(reader->read(0, std::as_writable_bytes(std::span(out))));
  EXPECT_EQ(out, "old content");
}

TEST_P(ObjectStoreContract, HoldsEmptyObjects) {
  store().put(at("put"), "");
  EXPECT_EQ(store().put_if_absent(at("absent"), ""), PutOutcome::Created);
  store().create(at("written"))->finish();
  store().copy(at("put"), at("copied"));
  for (const char* name : {"put", "absent", "written", "copied"}) {
    EXPECT_EQ(read(name), "") << name;
    EXPECT_EQ(store().find(at(name))->size, 0u) << name;
  }
  EXPECT_EQ(list("").size(), 4u);
}

TEST_P(ObjectStoreContract, TakesEveryNameAsItStands) {
  for (const std::string& name : kSpecialNames) {
    store().put(at(name), "put " + name);
    EXPECT_EQ(read(name), "put " + name);
    EXPECT_EQ(store().put_if_absent(at(name), "other"), PutOutcome::Exists) << name;
    const auto writer = store().create(at(name + "w"));
    writer->append(as_span(name));
    writer->finish();
    EXPECT_EQ(read(name + "w"), name);
  }
  EXPECT_EQ(list("").size(), 2 * kSpecialNames.size());
  for (const std::string& name : kSpecialNames) {
    EXPECT_THAT(list(name), ::testing::Contains(name));
    store().remove(at(name));
    store().remove(at(name + "w"));
    EXPECT_EQ(store().find(at(name)), std::nullopt);
  }
  EXPECT_THAT(list(""), ::testing::IsEmpty());
}

TEST_P(ObjectStoreContract, PutReplaces) {
  store().put(at("a/x"), "long first content");
  store().put(at("a/x"), "second");
  EXPECT_EQ(read("a/x"), "second");
  EXPECT_EQ(list(""), Paths{"a/x"});
}

TEST_P(ObjectStoreContract, AnObjectIsVisibleOnlyOnceItIsFinished) {
  {
    const auto writer = store().create(at("a/x"));
    writer->append(as_span("some bytes"));
    EXPECT_EQ(writer->written(), 10u);
    EXPECT_EQ(store().find(at("a/x")), std::nullopt);
    EXPECT_THAT(list(""), ::testing::IsEmpty());
    EXPECT_THAT(list_folder("a"), ::testing::IsEmpty());
    writer->append(as_span(" and more"));
    writer->finish();
  }
  EXPECT_EQ(read("a/x"), "some bytes and more");
  EXPECT_EQ(list(""), Paths{"a/x"});
}

TEST_P(ObjectStoreContract, AnAbandonedWriterLeavesNothing) {
  store().put(at("kept"), "old");
  for (const char* name : {"x", "kept"}) {
    const auto writer = store().create(at(name));
    writer->append(as_span(std::string(1 << 20, 'x')));
  }
  EXPECT_EQ(list(""), Paths{"kept"});
  EXPECT_EQ(read("kept"), "old");
}

TEST_P(ObjectStoreContract, FinishReplaces) {
  store().put(at("x"), "old content");
  const auto writer = store().create(at("x"));
  writer->append(as_span("new"));
  EXPECT_EQ(read("x"), "old content");
  writer->finish();
  EXPECT_EQ(read("x"), "new");
}

TEST_P(ObjectStoreContract, PutIfAbsentNeverReplaces) {
  EXPECT_EQ(store().put_if_absent(at("log/0"), "first"), PutOutcome::Created);
  EXPECT_EQ(store().put_if_absent(at("log/0"), "second"), PutOutcome::Exists);
  EXPECT_EQ(read("log/0"), "first");
  EXPECT_EQ(list(""), Paths{"log/0"});
  store().remove(at("log/0"));
  EXPECT_EQ(store().put_if_absent(at("log/0"), "third"), PutOutcome::Created);
  EXPECT_EQ(read("log/0"), "third");
}

TEST_P(ObjectStoreContract, OneOfManyThreadsWinsEachKey) {
  constexpr int kThreads = 8, kKeys = 50;
  std::vector<std::vector<PutOutcome>> outcomes(kThreads, std::vector<PutOutcome>(kKeys));
  std::atomic<int> waiting = kThreads;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (--waiting; waiting > 0;) std::this_thread::yield();
      for (int k = 0; k < kKeys; ++k) {
        outcomes[t][k] = store().put_if_absent(at("race/" + std::to_string(k)), "by " + std::to_string(t));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int k = 0; k < kKeys; ++k) {
    int winner = -1;
    for (int t = 0; t < kThreads; ++t) {
      if (outcomes[t][k] != PutOutcome::Created) {
        EXPECT_EQ(outcomes[t][k], PutOutcome::Exists);
        continue;
      }
      EXPECT_EQ(winner, -1) << "two winners of " << k;
      winner = t;
    }
    EXPECT_EQ(read("race/" + std::to_string(k)), "by " + std::to_string(winner));
  }
  EXPECT_EQ(list("").size(), static_cast<std::size_t>(kKeys));
}

TEST_P(ObjectStoreContract, HoldsBigObjectsAndReadsThemFromManyThreads) {
  std::string big(10 << 20, '\0');
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * 2654435761u >> 24);
  const auto writer = store().create(at("big"));
  for (std::size_t done = 0, step = 1; done < big.size(); done += step, step = step * 3 + 1) {
    step = std::min(step, big.size() - done);
    writer->append(as_span(std::string_view(big).substr(done, step)));
  }
  EXPECT_EQ(writer->written(), big.size());
  writer->finish();
  EXPECT_TRUE(read("big") == big);

  const auto reader = store().open(at("big"));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t offset = t * 1000; offset < big.size(); offset += 1'000'003) {
        std::string part(100'000, '?');
        part.resize(reader->read(offset, std::as_writable_bytes(std::span(part))));
        if (part != big.substr(offset, 100'000)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);

  store().copy(at("big"), at("other/big"));
  EXPECT_TRUE(read("other/big") == big);
}

TEST_P(ObjectStoreContract, RemovesOneObject) {
  put({"a/x", "a/y", "b"});
  store().remove(at("a/x"));
  EXPECT_EQ(list(""), (Paths{"a/y", "b"}));
  EXPECT_NO_THROW(store().remove(at("a/x")));
  EXPECT_NO_THROW(store().remove(at("b/c")));
  EXPECT_EQ(list(""), (Paths{"a/y", "b"}));
}

TEST_P(ObjectStoreContract, CopiesOverWhatIsThere) {
  put({"from", "to"});
  store().copy(at("from"), at("to"));
  store().copy(at("from"), at("new/folder/x"));
  store().copy(at("from"), at("from"));
  EXPECT_EQ(read("from"), "content of from");
  EXPECT_EQ(read("to"), "content of from");
  EXPECT_EQ(read("new/folder/x"), "content of from");
  expect_error(ErrorCode::NotFound, "missing", [&] { store().copy(at("missing"), at("y")); });
  EXPECT_EQ(list(""), (Paths{"from", "new/folder/x", "to"}));
}

TEST_P(ObjectStoreContract, ACallbackMayChangeTheStore) {
  put({"a", "b", "c"});
  Paths seen;
  store().list(at(""), "", [&](const ObjectInfo& object) {
    seen.push_back(relative(object.path));
    if (seen.back() == "a") store().remove(at("b"));
    return true;
  });
  if (GetParam().lists_pages) std::erase(seen, "b");
  EXPECT_EQ(seen, (Paths{"a", "c"}));
}

}  // namespace lakelet
