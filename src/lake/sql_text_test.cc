#include "lakelet/sql_text.h"

#include <gtest/gtest.h>

namespace lakelet {
namespace {

using Names = std::vector<std::string>;

TEST(LakeSqlTextTest, ParametersAreFoundOutsideOfQuotes) {
  EXPECT_EQ(sql_parameter_names("select $a, $b_2 + $a, '$c', \"$d\", $$ $e $$, $1 -- $f\n/* $g */"),
            (Names{"a", "b_2"}));
  EXPECT_EQ(sql_parameter_names("select a$b"), Names{});
}

TEST(LakeSqlTextTest, BlankIsNull) {
  const auto bound = bind_filled_in("select $a, $b, $c, '$b' where $a", {{"a", "1"}, {"b", " "}, {"x", "2"}});
  EXPECT_EQ(bound.text, "select $a, NULL, NULL, '$b' where $a");
  EXPECT_EQ(bound.parameters, (SqlParameters{{"a", "1"}}));
}

TEST(LakeSqlTextTest, AStatementEndsWithItsSemicolon) {
  for (const char* text :
       {"", " \n", "select 1;", "select ';';", "select 1; -- done", "/* x */", "a; b; ", "select 'x';"}) {
    EXPECT_TRUE(is_complete_sql(text)) << text;
  }
  for (const char* text :
       {"select 1", "select ';", "select 1 -- ;", "a; b", "/* ;", "select \";", "select $$;", "select 'x'"}) {
    EXPECT_FALSE(is_complete_sql(text)) << text;
  }
}

}  // namespace
}  // namespace lakelet
