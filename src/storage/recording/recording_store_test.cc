#include "storage/recording/recording_store.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "storage/memory/memory_store.h"

namespace lakelet {
namespace {

TEST(RecordingStore, NotesCallsInOrderWithTheirBytes) {
  RecordingStore store(std::make_shared<MemoryStore>());
  store.put("a", "12345");
  EXPECT_EQ(store.read_all("a"), "12345");
  const auto writer = store.create("b");
  writer->append(std::as_bytes(std::span("xyz", 3)));
  writer->append(std::as_bytes(std::span("xy", 2)));
  writer->finish();
  store.put_if_absent("a", "1234567");
  EXPECT_THROW(store.open("missing"), Error);

  const auto calls = store.calls();
  ASSERT_EQ(calls.size(), 9u);
  EXPECT_EQ(calls[0].call, StoreCall::Put);
  EXPECT_EQ(calls[1].call, StoreCall::Open);
  EXPECT_EQ(calls[2].call, StoreCall::Read);
  EXPECT_EQ(calls[2].path, "a");
  EXPECT_EQ(calls[2].bytes, 5u);
  EXPECT_EQ(calls[5].call, StoreCall::Append);
  EXPECT_EQ(calls[5].offset, 3u);
  EXPECT_EQ(calls[8].path, "missing");
  EXPECT_EQ(store.count(StoreCall::Append), 2);
  EXPECT_EQ(store.count(), 9);
  EXPECT_EQ(store.bytes_read(), 5u);
  EXPECT_EQ(store.bytes_written(), 17u);  // asked to write: what put_if_absent turned down counts
  store.reset();
  EXPECT_EQ(store.count(), 0);
}

TEST(RecordingStore, EveryCallHasItsName) {
  for (int i = 0; i < kStoreCalls; ++i) EXPECT_NE(to_string(static_cast<StoreCall>(i)), "unknown call");
  EXPECT_FALSE(changes_store(StoreCall::Read));
  EXPECT_TRUE(changes_store(StoreCall::Create));
}

}  // namespace
}  // namespace lakelet
