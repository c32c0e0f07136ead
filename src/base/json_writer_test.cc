#include "base/json_writer.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "lakelet/error.h"

namespace lakelet {
namespace {

TEST(JsonWriter, PutsCommasAndColons) {
  JsonWriter json;
  json.begin_object().key("a").integer(1).key("b").begin_array().end_array().key("c").begin_array();
  json.boolean(true).null().begin_object().end_object().string("x").end_array().key("d").raw("{\"e\":2}").end_object();
  EXPECT_EQ(json.text(), R"({"a":1,"b":[],"c":[true,null,{},"x"],"d":{"e":2}})");
}

TEST(JsonWriter, WritesJsonLines) {
  JsonWriter json;
  json.begin_object().end_object().end_line().begin_object().key("a").integer(1).end_object().end_line();
  EXPECT_EQ(json.take(), "{}\n{\"a\":1}\n");
  EXPECT_EQ(json.integer(1).take(), "1");
}

TEST(JsonWriter, EscapesEveryAsciiCharacterSoThatItReadsBack) {
  std::string text;
  for (int c = 0; c < 128; ++c) text.push_back(static_cast<char>(c));
  text += "\u00e9\u20ac\U0001F600\u2028";
  simdjson::dom::parser parser;
  const std::string json = json_quote(text);
  EXPECT_EQ(std::string_view(parser.parse(json)), text);
  EXPECT_EQ(json_quote("a\"b\\c\n\t\r\b\f\x01\x1f/\x7f"), "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001\\u001f/\x7f\"");
  EXPECT_EQ(json_quote("\u00e9"), "\"\u00e9\"");
  EXPECT_EQ(json_quote(""), "\"\"");
}

TEST(JsonWriter, RefusesWhatIsNotUtf8) {
  for (const char* text : {"\xFF", "a\xC3", "\xC0\xAF", "\xED\xA0\x80"}) {
    try {
      json_quote(text);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
  }
}

TEST(JsonWriter, WritesIntegersWhole) {
  JsonWriter json;
  json.begin_array().integer(std::numeric_limits<std::int64_t>::min()).integer(0);
  json.unsigned_integer(std::numeric_limits<std::uint64_t>::max()).end_array();
  EXPECT_EQ(json.text(), "[-9223372036854775808,0,18446744073709551615]");
}

TEST(JsonWriter, WritesTheShortestNumberThatReadsBack) {
  const auto text = [](auto value) { return JsonWriter().number(value).take(); };
  EXPECT_EQ(text(0.1), "0.1");
  EXPECT_EQ(text(1.0), "1.0");
  EXPECT_EQ(text(-0.0), "-0.0");
  EXPECT_EQ(text(1e300), "1e+300");
  EXPECT_EQ(text(0.1f), "0.1");
  EXPECT_EQ(text(5e-324), "5e-324");
  EXPECT_EQ(text(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
  EXPECT_EQ(text(std::numeric_limits<double>::infinity()), "\"Infinity\"");
  EXPECT_EQ(text(-std::numeric_limits<float>::infinity()), "\"-Infinity\"");
  simdjson::dom::parser parser;
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const std::string json = text(value);
    ASSERT_EQ(double(parser.parse(json)), value) << json;
  }
}

}  // namespace
}  // namespace lakelet
