#include <gtest/gtest.h>

#include "lakelet/configuration.h"
#include "lakelet/error.h"

namespace lakelet {
namespace {

TEST(ByteSize, ReadsUnits) {
  EXPECT_EQ(parse_byte_size("1048576"), 1048576u);
  EXPECT_EQ(parse_byte_size("512MB"), 512'000'000u);
  EXPECT_EQ(parse_byte_size("4 GiB"), 4ull << 30);
  EXPECT_EQ(parse_byte_size("1.5g"), 3ull << 29);
  EXPECT_EQ(parse_byte_size("64k"), 65536u);
}

TEST(ByteSize, RefusesTheRest) {
  for (const char* text : {"", "MB", "-1", "12 parsecs", "1.2.3GB", "0", "99999999TB", "1e9"}) {
    EXPECT_THROW(parse_byte_size(text), Error) << text;
  }
}

}  // namespace
}  // namespace lakelet
