#include "engine/variant_binary.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/variant_json.h"
#include "lakelet/error.h"

namespace lakelet::engine {
namespace {

using std::string_literals::operator""s;

std::string json(const std::string& metadata, const std::string& value) {
  VariantBuilder builder;
  builder.begin_row();
  add_variant(builder, VariantNames(metadata), value, 0);
  duckdb::Vector variants(duckdb::LogicalType::VARIANT()), text(duckdb::LogicalType::VARCHAR);
  builder.finish(variants);
  write_variants_as_json(variants, text, 1);
  return text.GetValue(0).ToString();
}

const std::string kNoNames = "\x11\0\0"s;
const std::string kTwoNames = "\x11\2\0\1\2ba"s;

TEST(VariantBinary, ScalarsObjectsAndArrays) {
  EXPECT_EQ(json(kNoNames, "\0"s), "null");
  EXPECT_EQ(json(kNoNames, "\x0c\xff"s), "-1");
  EXPECT_EQ(json(kNoNames, "\x0dx\"y"s), R"("x\"y")");
  EXPECT_EQ(json(kTwoNames, "\2\2\1\0\0\1\2\4\0"s), R"({"a":true,"b":null})");
  EXPECT_EQ(json(kNoNames, "\3\2\0\1\2\4\x08"s), "[true,false]");
}

TEST(VariantBinary, DecimalsKeepTheirDigits) {
  EXPECT_EQ(json(kNoNames, "\x20\2\5\0\0\0"s), "0.05");
  EXPECT_EQ(json(kNoNames, "\x20\0\0\0\0\x80"s), "-2147483648");
  EXPECT_EQ(json(kNoNames, "\x24\2\x64\0\0\0\0\0\0\0"s), "1");
}

TEST(VariantBinary, PartsThatShareTheirBytesAreRefused) {
  // Each of 40 levels names the one below it twice: 2^40 values in a few hundred bytes.
  std::string value = "\0"s;
  for (int level = 0; level < 40; ++level) value = "\x0b\2\0\0\0\0\0\0\0\0\0"s + value;
  EXPECT_THROW(json(kNoNames, value), Error);
}

// Whatever the bytes, there is a value or an Error.
TEST(VariantBinary, RandomBytesAreReadOrRefused) {
  std::mt19937 random(7);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string value(random() % 40, '\0'), metadata = random() % 2 ? kTwoNames : std::string(random() % 8, '\0');
    for (char& c : value) c = static_cast<char>(random());
    if (metadata != kTwoNames) {
      for (char& c : metadata) c = static_cast<char>(random());
    }
    try {
      EXPECT_FALSE(json(metadata, value).empty());
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == ErrorCode::CorruptTable || error.code() == ErrorCode::UnsupportedFeature);
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace lakelet::engine
