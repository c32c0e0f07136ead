#include "formats/delta/log/log_compaction.h"

#include "formats/delta/write/log_fixture.h"
#include "lakelet/error.h"

namespace lakelet::delta {
namespace {

AddFile add(const std::string& path) {
  return {.path = path, .size = 1, .modification_time_ms = 1};
}
RemoveFile remove(const std::string& path) {
  return {.path = path};
}

// The example of the specification.
TEST(LogCompaction, TheLastActionCounts) {
  const auto out = reconcile({{CommitInfoAction{}, add("f2"), remove("f1")},
                              {CommitInfoAction{}, add("f3"), add("f4"), Txn{"app", 4389}},
                              {CommitInfoAction{}, remove("f3"), Txn{"app", 4390}}});
  EXPECT_EQ(write_actions(out), write_actions({Txn{"app", 4390}, remove("f1"), add("f2"), remove("f3"), add("f4")}));
}

TEST(LogCompaction, WhatTakesSomethingBackStays) {
  AddFile with_vector = add("%66");  // the file "f", in other letters
  with_vector.deletion_vector = {.storage_type = 'i', .path_or_inline_dv = "x", .size_in_bytes = 1, .cardinality = 1};
  const auto out = reconcile({{DomainMetadata{"d", "{}", false}, Protocol{1, 2}, Metadata{.id = "a"}},
                              {DomainMetadata{"d", "{}", true}, Metadata{.id = "b"}},
                              {remove("f"), with_vector, Cdc{.path = "c"}}});
  EXPECT_EQ(write_actions(out), write_actions({Protocol{1, 2}, Metadata{.id = "b"}, DomainMetadata{"d", "{}", true},
                                               remove("f"), with_vector}));
}

class LogCompactionTest : public LogFixture {};

TEST_F(LogCompactionTest, OnlyWhereAPropertyAsksForIt) {
  create("id bigint");
  for (int i = 0; i < 6; ++i) append();
  EXPECT_TRUE(at(6)->state().segment.compactions.empty());
  set("lakelet.logCompactionInterval", "4");
  for (int i = 0; i < 5; ++i) append();
  ASSERT_TRUE(exists(compaction_name(8, 11)));
  EXPECT_TRUE(exists(compaction_name(4, 7)));
  EXPECT_FALSE(exists(compaction_name(0, 3)));
  const auto snapshot = latest();
  EXPECT_EQ(snapshot->version(), 12);
  EXPECT_EQ(snapshot->file_count(), 11);
  EXPECT_EQ(snapshot->state().segment.compactions.size(), 2U);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(LogCompactionTest, ACommitThatIsNotThereIsAnError) {
  create("id bigint");
  append();
  try {
    compact_log(location_, 0, 2);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::NotFound);
  }
  EXPECT_FALSE(exists(compaction_name(0, 2)));
}

}  // namespace
}  // namespace lakelet::delta
