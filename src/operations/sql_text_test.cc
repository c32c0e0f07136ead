#include "operations/sql_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lakelet/error.h"
#include "lakelet/write_options.h"

namespace lakelet {
namespace {

using operations::top_level;
using operations::unquote_name;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(SqlText, TopLevelIsOutsideOfQuotesCommentsAndBrackets) {
  EXPECT_THAT(top_level("a,b", ','), ElementsAre(1u));
  EXPECT_THAT(top_level("f(a,b),c", ','), ElementsAre(6u));
  EXPECT_THAT(top_level("[1,2]{'a': 1, 'b': 2}", ','), IsEmpty());
  EXPECT_THAT(top_level("'a,b' || \"c,d\", e", ','), ElementsAre(14u));
  EXPECT_THAT(top_level("'it''s, fine'", ','), IsEmpty());
  EXPECT_THAT(top_level("E'a\\',b', c", ','), ElementsAre(8u));
  EXPECT_THAT(top_level("$$a,b$$, $t$c,d$t$", ','), ElementsAre(7u));
  EXPECT_THAT(top_level("a -- b, c\n, d", ','), ElementsAre(10u));
  EXPECT_THAT(top_level("a /* b, /* c, */ d, */, e", ','), ElementsAre(22u));
  EXPECT_THAT(top_level("$1, $name", ','), ElementsAre(2u));
  EXPECT_THAT(top_level("'open, ended", ','), IsEmpty());
}

TEST(SqlText, NamesAreUnquoted) {
  EXPECT_EQ(unquote_name(" a ", ""), "a");
  EXPECT_EQ(unquote_name("\"my \"\"col\"\"\"", ""), "my \"col\"");
  EXPECT_EQ(unquote_name("target.a", "target"), "a");
  EXPECT_EQ(unquote_name("TARGET.\"a b\"", "target"), "a b");
  EXPECT_EQ(unquote_name("größe", ""), "größe");
  for (const char* text : {"", "a b", "1a", "a.b", "\"\"", "\"a\"b\"", "a;"}) {
    EXPECT_THROW(unquote_name(text, "target"), Error) << text;
  }
}

TEST(Assignments, SplitsAtTopLevelOnly) {
  EXPECT_THAT(parse_assignments("a = a + 1, b = 'x, y'"), ElementsAre(Pair("a", "a + 1"), Pair("b", "'x, y'")));
  EXPECT_THAT(parse_assignments("target.a = source.a"), ElementsAre(Pair("a", "source.a")));
  EXPECT_THAT(parse_assignments("\"a=b\" = b = c"), ElementsAre(Pair("a=b", "b = c")));
  EXPECT_THAT(parse_assignments("flag = x >= 3"), ElementsAre(Pair("flag", "x >= 3")));
}

TEST(Assignments, NamesWhatIsWrongAndWhere) {
  for (const char* text : {"", "a", "a = 1,", "a = , b = 2", "= 3", "a >= 3", "a => 3", "1 = 2", "a == 2"}) {
    EXPECT_THROW(parse_assignments(text), Error) << text;
  }
  try {
    parse_assignments("a = 1, b");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    EXPECT_NE(error.message().find("position 7"), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace lakelet
