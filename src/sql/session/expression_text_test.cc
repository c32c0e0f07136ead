#include "sql/session/expression_text.h"

#include <gtest/gtest.h>

#include "lakelet/error.h"

namespace lakelet::sql {
namespace {

std::string refusal(const std::string& text) {
  try {
    require_expression(text, "predicate");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(error.message().find('\n'), std::string::npos) << error.message();
    return error.message();
  }
  return {};
}

TEST(ExpressionText, AcceptsOneExpression) {
  for (const char* text : {"a > 1", "a = 'x; y' and b is null", "target.id = source.id", "a in (1, 2)", "(a) or (b)",
                           "a > 1 -- and a comment", "exists (select 1 from t where t.x = 1)", "case when a then b end",
                           "\"odd name\" between $low and $high", "a::date = date '2025-01-01'"}) {
    EXPECT_EQ(refusal(text), "") << text;
  }
}

TEST(ExpressionText, RefusesWhatEndsItsPlace) {
  for (const char* text :
       {"1=1); drop table x; --", "1=1; drop table x", "1=1) or (2=2", "a, b", "a as b", "a from t",
        "1=1 union select 2", "1 limit 1", "", "  ", "/* only */", "1=1 where true", "a order by b"}) {
    EXPECT_NE(refusal(text), "") << text;
  }
}

TEST(ExpressionText, NamesTheTextAndThePosition) {
  const std::string message = refusal("temperature >> ) 3");
  EXPECT_NE(message.find("predicate"), std::string::npos) << message;
  EXPECT_NE(message.find("temperature >> ) 3"), std::string::npos) << message;
  EXPECT_NE(message.find("position 16"), std::string::npos) << message;
}

TEST(QueryText, AcceptsOneQuery) {
  for (const char* text : {"select 1", "with x as (select 1) select * from x", "from 'a/b'", "values (1, 2)",
                           "select 1 union all select 2", "select * from t order by 1 limit 3 -- end"}) {
    EXPECT_NO_THROW(require_query(text, "source")) << text;
  }
}

TEST(QueryText, RefusesEverythingElse) {
  for (const char* text :
       {"select 1; drop table x", "drop table x", "select 1) as a, (select 2", "", "insert into t select 1"}) {
    EXPECT_THROW(require_query(text, "source"), Error) << text;
  }
}

}  // namespace
}  // namespace lakelet::sql
