#include "codec/murmur3/murmur3.h"

#include <gtest/gtest.h>

namespace lakelet::codec {
namespace {

// Iceberg's specification, "Appendix B".
TEST(Murmur3, TestValues) {
  EXPECT_EQ(static_cast<std::int32_t>(murmur3("iceberg")), 1210000089);
  EXPECT_EQ(static_cast<std::int32_t>(murmur3(std::string_view("\x00\x01\x02\x03", 4))), -188683207);
  EXPECT_EQ(static_cast<std::int32_t>(murmur3(std::string_view("\x22\0\0\0\0\0\0\0", 8))), 2017239379);
}

}  // namespace
}  // namespace lakelet::codec
