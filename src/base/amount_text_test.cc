#include "base/amount_text.h"

#include <gtest/gtest.h>

namespace lakelet {
namespace {

TEST(Counted, OneHasNoS) {
  EXPECT_EQ(counted(0, "file"), "0 files");
  EXPECT_EQ(counted(1, "file"), "1 file");
  EXPECT_EQ(counted(2, "property", "properties"), "2 properties");
  EXPECT_EQ(counted(1, "property", "properties"), "1 property");
}

TEST(ByteCount, TwoDigitsOfTheLargestUnit) {
  EXPECT_EQ(byte_count(1), "1 byte");
  EXPECT_EQ(byte_count(999), "999 bytes");
  EXPECT_EQ(byte_count(1049), "1.0 kB");
  EXPECT_EQ(byte_count(9'949), "9.9 kB");
  EXPECT_EQ(byte_count(9'960), "10 kB");
  EXPECT_EQ(byte_count(999'500), "1.0 MB");
}

}  // namespace
}  // namespace lakelet
