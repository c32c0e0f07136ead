#include "table/capabilities.h"

#include <gtest/gtest.h>

#include <string>

#include "lakelet/error.h"

namespace lakelet {
namespace {

constexpr Support kYes{true, "", ""};
constexpr Capability kTable[] = {
    {"plain", kYes, kYes, kYes, kYes, kYes},
    {"vectors", kYes, kYes, {false, "it can't be written yet", "rewrite the files with another engine"}, {}, {}},
};

TEST(Capabilities, ArePerFeatureAndAccess) {
  EXPECT_NO_THROW(require_capability(kTable, "plain", Access::ChangeFeed, "t"));
  EXPECT_NO_THROW(require_capability(kTable, "vectors", Access::Append, "t"));
  EXPECT_EQ(find_capability(kTable, "unheard"), nullptr);
  EXPECT_TRUE((*find_capability(kTable, "vectors"))[Access::Read].supported);
}

TEST(Capabilities, ARefusalNamesFeatureAccessAndTable) {
  try {
    require_capability(kTable, "vectors", Access::ChangeRows, "/lake/t");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
    EXPECT_STREQ(error.what(),
                 "can't change rows of the table '/lake/t': it needs the feature 'vectors': it can't be written yet");
    EXPECT_EQ(error.hint(), "rewrite the files with another engine");
  }
}

TEST(Capabilities, WhatIsUnknownIsRefused) {
  try {
    require_capability(kTable, "futureThing", Access::Read, "/lake/t");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::UnsupportedFeature);
    EXPECT_NE(error.message().find("'futureThing', which lakelet doesn't know"), std::string::npos);
  }
}

}  // namespace
}  // namespace lakelet
