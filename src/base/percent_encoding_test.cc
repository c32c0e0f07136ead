#include "base/percent_encoding.h"

#include <gtest/gtest.h>

namespace lakelet {
namespace {

std::string every_byte() {
  std::string text;
  for (int c = 0; c < 256; ++c) text.push_back(static_cast<char>(c));
  return text;
}

TEST(PercentEncoding, EncodesAllButUnreservedAndKept) {
  EXPECT_EQ(percent_encode("aZ09-._~", ""), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b/c%\u00e9", ""), "a%20b%2Fc%25%C3%A9");
  EXPECT_EQ(percent_encode("a/b:c", "/"), "a/b%3Ac");
}

TEST(PercentEncoding, PathsKeepWhatMayStandInThem) {
  EXPECT_EQ(percent_encode_path("x=1/a b+c@d:e/f#g?h%i\n"), "x=1/a%20b+c@d:e/f%23g%3Fh%25i%0A");
}

TEST(PercentEncoding, DecodesWhatWasEncoded) {
  EXPECT_EQ(percent_decode(percent_encode(every_byte(), "")), every_byte());
  EXPECT_EQ(percent_decode(percent_encode_path(every_byte())), every_byte());
  EXPECT_EQ(percent_decode("%c3%A9%2f"), "\u00e9/");
}

TEST(PercentEncoding, LeavesMalformedCodesAlone) {
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz%41%%42"), "%zzA%B");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_FALSE(has_percent_code("100% %zz %4"));
  EXPECT_TRUE(has_percent_code("100%%20"));
}

TEST(PercentEncoding, HiveEscapesAsSparkDoes) {
  EXPECT_EQ(hive_escape("\"#%'*/:=?\\{[]^"), "%22%23%25%27%2A%2F%3A%3D%3F%5C%7B%5B%5D%5E");
  EXPECT_EQ(hive_escape("a b}|~`!@$&()-_+;,.<>\u00e9"), "a b}|~`!@$&()-_+;,.<>\u00e9");
  EXPECT_EQ(hive_escape("\x01\n\x1F\x7F"), "%01%0A%1F%7F");
  EXPECT_EQ(percent_decode(hive_escape(every_byte())), every_byte());
}

}  // namespace
}  // namespace lakelet
