#include "base/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace lakelet {
namespace {

TEST(Uuid, IsOfVersionFourAndUnique) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = make_uuid_text();
    ASSERT_EQ(text.size(), 36u);
    EXPECT_EQ(text[14], '4');
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
    seen.insert(text);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

// The example of RFC 9562, A.6
TEST(Uuid, OfVersionSevenHasItsTime) {
  const std::chrono::system_clock::time_point time(std::chrono::milliseconds(1645557742000));
  const std::string example = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
  EXPECT_EQ(time_of(*parse_uuid(example)), time);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const Uuid uuid = make_uuid_v7(time);
    const std::string text = format_uuid(uuid);
    EXPECT_EQ(text.substr(0, 15), example.substr(0, 15));
    EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos);
    EXPECT_EQ(time_of(uuid), time);
    seen.insert(text);
  }
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_LT(format_uuid(make_uuid_v7(time)), format_uuid(make_uuid_v7(time + std::chrono::milliseconds(1))));
  EXPECT_EQ(time_of(make_uuid()), std::nullopt);
}

TEST(Uuid, FormatsAndParses) {
  const std::string text = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";
  const auto parsed = parse_uuid(text);
  ASSERT_TRUE(parsed);
  EXPECT_EQ((*parsed)[0], 0x6B);
  EXPECT_EQ((*parsed)[15], 0xC8);
  EXPECT_EQ(format_uuid(*parsed), text);
  EXPECT_EQ(parse_uuid("6BA7B810-9DAD-41D1-80B4-00C04FD430C8"), parsed);
}

TEST(Uuid, RefusesOtherText) {
  for (const char* text :
       {"", "6ba7b810", "6ba7b8109dad41d180b400c04fd430c8xxxx", "6ba7b810-9dad-41d1-80b4-00c04fd430cg",
        "6ba7b810-9dad-41d1-80b4000c04fd430c8", "{6ba7b810-9dad-41d1-80b4-00c04fd430c8}"}) {
    EXPECT_FALSE(parse_uuid(text)) << text;
  }
}

}  // namespace
}  // namespace lakelet
