#include "lakelet/error.h"

#include <gtest/gtest.h>

#include <set>

#include "lakelet/cancellation.h"

namespace lakelet {
namespace {

TEST(Error, WhatIsTheMessageAndItsContextFromTheInsideOut) {
  Error error(ErrorCode::CorruptTable, "no whole JSON document", "look at it");
  EXPECT_STREQ(error.what(), "no whole JSON document");
  error.add_context("line 3").add_context("_delta_log/00.json");
  EXPECT_STREQ(error.what(), "no whole JSON document (line 3, _delta_log/00.json)");
  EXPECT_EQ(error.message(), "no whole JSON document");
  EXPECT_EQ(error.hint(), "look at it");
  EXPECT_EQ(error.context(), (std::vector<std::string>{"line 3", "_delta_log/00.json"}));
}

TEST(Error, WhatIsOneLineWhateverTheTextHolds) {
  EXPECT_STREQ(Error(ErrorCode::Internal, std::string("a\nb\r\nc\0d", 8)).what(), "a b  c d");
}

TEST(Error, SetHintReplacesIt) {
  Error error(ErrorCode::NotFound, "gone", "old");
  EXPECT_EQ(error.set_hint("new").hint(), "new");
}

TEST(Error, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) names.insert(to_string(static_cast<ErrorCode>(i)));
  EXPECT_EQ(names.size(), 13u);
  EXPECT_TRUE(names.contains("CommitUnknown"));
}

TEST(Cancellation, CopiesShareTheFlagAndCheckThrows) {
  const Cancellation original;
  const Cancellation copy = original;
  EXPECT_NO_THROW(copy.check());
  original.cancel();
  EXPECT_TRUE(copy.cancelled());
  try {
    copy.check();
    FAIL() << "check() didn't throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Cancelled);
  }
  EXPECT_FALSE(Cancellation().cancelled());
}

}  // namespace
}  // namespace lakelet
